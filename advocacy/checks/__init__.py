"""Judgments about letters and the facts they rely on, each with a code of its own."""

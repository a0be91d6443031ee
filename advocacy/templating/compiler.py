"""Jinja's compiler, made to ask the environment wherever text is joined, taken or printed."""

from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import CallBlock, Concat, Const, FilterBlock, Getitem, List, Slice, Tuple


class Generator(CodeGenerator):
    """Jinja's compiler, where that would print or join without asking the environment."""

    def visit_FilterBlock(self, node: FilterBlock, frame: Frame) -> None:  # noqa: N802
        """A filtered block is printed as any other value."""
        inner = frame.inner()
        inner.symbols.analyze_node(node)
        self.enter_frame(inner)
        self.buffer(inner)
        self.blockvisit(node.body, inner)
        self.start_write(frame, node)
        self.write("environment.finalize(context, ")
        self.visit_Filter(node.filter, inner)
        self.write(")")
        self.end_write(frame)
        self.leave_frame(inner)

    def visit_CallBlock(self, node: CallBlock, frame: Frame) -> None:  # noqa: N802
        """What a `call` gives is printed as any other value."""
        inner, macro = self.macro_body(node, frame)
        self.writeline("caller = ")
        self.macro_def(macro, inner)
        self.start_write(frame, node)
        self.write("environment.finalize(context, ")
        self.visit_Call(node.call, frame, forward_caller=True)
        self.write(")")
        self.end_write(frame)

    def visit_Concat(self, node: Concat, frame: Frame) -> None:  # noqa: N802
        """`~` joins by the environment's rules."""
        self.write("environment.tilde((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")

    def visit_Getitem(self, node: Getitem, frame: Frame) -> None:  # noqa: N802
        """Slices are taken by the environment too."""
        if not isinstance(node.arg, Slice):
            return super().visit_Getitem(node, frame)
        self.write("environment.sliced(")
        self.visit(node.node, frame)
        for end in (node.arg.start, node.arg.stop, node.arg.step):
            self.write(", ")
            self.visit(end or Const(None), frame)
        return self.write(")")

    def visit_List(self, node: List, frame: Frame) -> None:  # noqa: N802
        """A list that is written out is looked at first."""
        self.write("environment.listed(")
        super().visit_List(node, frame)
        self.write(")")

    def visit_Tuple(self, node: Tuple, frame: Frame) -> None:  # noqa: N802
        """As a list."""
        if node.ctx != "load":
            return super().visit_Tuple(node, frame)
        self.write("environment.listed(")
        super().visit_Tuple(node, frame)
        return self.write(")")

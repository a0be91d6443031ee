"""What the process imports from which workers are forked; nothing else imports this package.

Workers then share it in memory. The collector of garbage leaves it alone, since looking through it
would copy it for each worker: the objects are frozen (gc.freeze), and looked through seldom before.
"""

import gc
from importlib import import_module

gc.set_threshold(200_000, 20, 50)  # as the program's own (`__main__.py`)
for _name in (
    "advocacy.batch.executor",
    "advocacy.checks.gate",
    "advocacy.checks.judge",
    "advocacy.checks.media",
    "advocacy.documents.email.message",
    # What these import when they first need it.
    "babel.dates",
    "babel.lists",
    "css_inline",
    "email.parser",
    "platformdirs",
    "tinyhtml5",
):
    import_module(_name)
gc.freeze()

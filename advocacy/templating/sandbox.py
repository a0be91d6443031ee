"""A Jinja environment for templates that volunteers write: small, safe, bounded.

Templates reach the fields of what they are given and the functions named here, nothing else of
Python. Whatever they do is counted, so that none runs or grows without end. The template's own
text (`Markup`) has another type than the text of values (`str`), and the two never mix unseen.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import BlockReference, Context, LoopContext, Macro, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace
from markupsafe import Markup

from advocacy.templating.refusals import NUMBER_AT_MOST
from advocacy.templating.running import RUN, TemplateMistake, ValueMistake
from advocacy.templating.values import Count, NotKnown, described, display, local, readable


def trusted(text: str) -> Markup:
    """Text as the template's own: its words, marks, or values that have been escaped.

    The one place that vouches for text: each caller says why it may.
    """
    return Markup(text)  # noqa: S704


RANGE_AT_MOST = 1000


class _Context(Context):
    """The names a template knows; text in several languages is read in the letter's."""

    def resolve_or_missing(self, key: str) -> Any:
        return local(super().resolve_or_missing(key), RUN.get().language)


class LimitedCodeGenerator(CodeGenerator):
    """Jinja's compiler, where that would print or join without asking the environment."""

    def visit_FilterBlock(self, node: nodes.FilterBlock, frame: Frame) -> None:  # noqa: N802
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

    def visit_CallBlock(self, node: nodes.CallBlock, frame: Frame) -> None:  # noqa: N802
        """What a `call` gives is printed as any other value."""
        inner, macro = self.macro_body(node, frame)
        self.writeline("caller = ")
        self.macro_def(macro, inner)
        self.start_write(frame, node)
        self.write("environment.finalize(context, ")
        self.visit_Call(node.call, frame, forward_caller=True)
        self.write(")")
        self.end_write(frame)

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802
        """`~` joins by the environment's rules."""
        self.write("environment.tilde((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:  # noqa: N802
        """Slices are taken by the environment too."""
        if not isinstance(node.arg, nodes.Slice):
            return super().visit_Getitem(node, frame)
        self.write("environment.sliced(")
        self.visit(node.node, frame)
        for end in (node.arg.start, node.arg.stop, node.arg.step):
            self.write(", ")
            self.visit(end or nodes.Const(None), frame)
        return self.write(")")

    def visit_List(self, node: nodes.List, frame: Frame) -> None:  # noqa: N802
        """A list that is written out is looked at first."""
        self.write("environment.listed(")
        super().visit_List(node, frame)
        self.write(")")

    def visit_Tuple(self, node: nodes.Tuple, frame: Frame) -> None:  # noqa: N802
        """As a list."""
        if node.ctx != "load":
            return super().visit_Tuple(node, frame)
        self.write("environment.listed(")
        super().visit_Tuple(node, frame)
        return self.write(")")


class SafeEnvironment(ImmutableSandboxedEnvironment):
    """What letters and layouts share; see `advocacy.templating` for the two kinds."""

    code_generator_class = LimitedCodeGenerator
    context_class = _Context
    intercepted_binops = frozenset(("+", "-", "*", "/", "//", "**", "%"))
    functions: tuple[Any, ...] = ()
    is_layout = False

    def __init__(self) -> None:
        super().__init__(
            undefined=NotKnown,
            autoescape=True,
            optimized=False,  # constants are folded before the rules here could apply
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            cache_size=0,
        )
        self.globals = {"range": bounded_range, "namespace": Namespace}
        self.functions = tuple(self.globals.values())
        self.concat = _concat  # type: ignore[method-assign]

    def own(self, text: str) -> Markup:
        """Text of a value, made safe to stand among the template's own."""
        raise NotImplementedError

    def plain(self, text: Markup) -> str:
        """The template's own text as plain text, with the values in it."""
        raise NotImplementedError

    def change(self, text: Markup, change: Callable[[str], str]) -> Markup:
        """The template's own text after a change such as to capitals."""
        raise NotImplementedError

    def listed(self, items: Sequence[Any]) -> Sequence[Any]:
        """A list that a template writes out: not deep, so that comparing lists stays cheap."""
        for item in items:
            if isinstance(item, list | tuple) and any(isinstance(i, list | tuple) for i in item):
                raise ValueMistake("The lists are nested too deeply.", "Use fewer lists.")
        return items

    def sliced(self, value: Any, start: Any, stop: Any, step: Any) -> Any:
        """`value[start:stop]`: a part of a list or of a text."""
        if isinstance(value, Undefined):
            str(value)  # raises
        ends = all(end is None or isinstance(end, int) for end in (start, stop, step))
        if not isinstance(value, str | list | tuple | range) or not ends or step == 0:
            raise ValueMistake(
                "This value cannot be sliced.",
                "Slice a list or text with numbers: `{{ names[:3] }}`.",
            )
        part = value[start:stop:step]
        if isinstance(part, str):
            RUN.get().grow(len(part))
        else:
            RUN.get().spend(len(part))
        return part

    def tilde(self, parts: Iterable[Any]) -> str:
        """`a ~ b`: text, or where a part is the template's own, text of the template."""
        RUN.get().spend(1)
        shown = self.shown(parts)
        joined = "".join(map(str, shown))
        return trusted(joined) if any(isinstance(part, Markup) for part in shown) else joined

    def shown(self, values: Iterable[Any]) -> list[str]:
        """Values as texts; if one is the template's own, all are made so."""
        run = RUN.get()
        texts = [one if isinstance(one, Markup) else display(one, run.language) for one in values]
        run.grow(sum(map(len, texts)))
        if any(isinstance(text, Markup) for text in texts):
            return [text if isinstance(text, Markup) else self.own(text) for text in texts]
        return texts

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:  # noqa: ARG002
        """Arithmetic with numbers of a sensible size; `+` also joins two texts."""
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return self.tilde((left, right))
        for side in (left, right):
            if isinstance(side, Undefined):
                str(side)  # raises
        if not (_is_number(left) and _is_number(right)) or operator == "**":
            raise ValueMistake(
                f"`{operator}` requires two numbers, not {described(left)} and "
                f"{described(right)}.".replace("this ", "a "),
                "Join texts with `~`." if operator == "+" else "Check both sides of it.",
            )
        if operator in ("/", "//", "%") and right == 0:
            raise ValueMistake("Division by zero.", "Check for zero with `if`.")
        result = sensible(self.binop_table[operator](left, right))
        return Count(result) if Count in (type(left), type(right)) else result

    def getattr(self, obj: Any, attribute: str) -> Any:
        """`obj.attribute`: a key of a mapping, or a declared field; nothing else."""
        if isinstance(obj, Namespace):
            if not attribute.startswith("_") and hasattr(obj, attribute):
                return getattr(obj, attribute)
            return self.undefined(obj={}, name=attribute)
        if isinstance(obj, Mapping):
            if attribute in obj and not attribute.startswith("_"):
                return local(obj[attribute], RUN.get().language)
        elif attribute in readable(obj):
            value = local(getattr(obj, attribute), RUN.get().language)
            counts = isinstance(obj, LoopContext) and type(value) is int
            return Count(value) if counts else value
        elif isinstance(obj, Undefined):
            str(obj)  # raises: the name before the dot is what is not known
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """`obj[argument]`: an entry by number, or as `getattr` by name."""
        if isinstance(argument, str):
            return self.getattr(obj, argument)
        if isinstance(argument, int) and isinstance(obj, list | tuple | str | range):
            if -len(obj) <= argument < len(obj):
                return local(obj[argument], RUN.get().language)
            return self.undefined(f"there is no entry number {argument} here")
        if isinstance(obj, Undefined):
            str(obj)  # raises
        return self.undefined(obj=obj, name=str(argument))

    def call(__self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        """Call a macro or one of the functions that templates have."""
        RUN.get().spend(1)
        if isinstance(__obj, Undefined):
            str(__obj)  # raises
        if isinstance(__obj, Macro | BlockReference) or _is_loop_method(__obj):
            return __context.call(__obj, *args, **kwargs)
        if not any(__obj is function for function in __self.functions):
            raise TemplateMistake(
                "template-refused",
                "The name before the parentheses is not a function.",
                "Change a value with a filter, as in `{{ name|upper }}`.",
            )
        return __context.call(__obj, *args, **kwargs)


def _concat(parts: Iterable[str]) -> str:
    parts = list(parts)
    RUN.get().grow(sum(map(len, parts)))
    return "".join(parts)


def sensible(number: Any) -> Any:
    """A number as it is. Raises ValueMistake where it is larger than any that a letter needs."""
    if not abs(number) <= NUMBER_AT_MOST:  # also what is not a number at all
        raise ValueMistake("This number is too large.", "Use smaller numbers.")
    return number


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_loop_method(obj: Any) -> bool:
    return isinstance(getattr(obj, "__self__", None), LoopContext)


def bounded_range(*args: int) -> range:
    """`range(…)` of at most a thousand numbers."""
    result = range(*args)
    if len(result) > RANGE_AT_MOST:
        raise TemplateMistake(
            "template-endless",
            f"This range has more than {RANGE_AT_MOST} numbers.",
            "Use a smaller range.",
        )
    return result


def each(value: Any) -> Sequence[Any]:
    """What a `for` goes through: a list."""
    run = RUN.get()
    if isinstance(value, Undefined):
        str(value)  # raises
    if value is None:
        return ()
    if isinstance(value, list | tuple | range | Mapping | set | frozenset):
        run.spend(1 + len(value))
        if isinstance(value, range):
            return [Count(number) for number in value]
        return [local(item, run.language) for item in value]
    raise ValueMistake(
        f"`for` requires a list, not {described(value)}.".replace("this ", "a "),
        "Print a single value as `{{ name }}`.",
    )

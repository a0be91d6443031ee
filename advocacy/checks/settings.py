"""A campaign's own levels and limits for checks: its `checks:` key."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from advocacy.campaign.campaign import CampaignFile
from advocacy.campaign.campaign_rules import CheckSetting
from advocacy.checks.codes import Code, find_code, problem, registry
from advocacy.errors import AdvocacyError, Level, Problem

ACCEPT = (
    " If the check is wrong about one sentence, accept it for that sentence alone with "
    "`advocacy approve --accept`, where the problem can be accepted."
)
_WEIGHT = {"error": 3, "warning": 2, "note": 1, "off": 0}


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """What a campaign changed, checked against the registry of codes."""

    file: CampaignFile

    def limit(self, code: str) -> int:
        """Find the limit that holds in this campaign. Raises KeyError for a code without one."""
        own = self.file.checks.get(code)
        limit = own.limit if own else None
        if limit is None:
            limit = registry()[code].limit(self.file.audience)
        if limit is None:
            raise KeyError(code)
        return limit

    def apply(self, problems: Iterable[Problem]) -> list[Problem]:
        """Give problems the levels that hold in this campaign; those turned off are left out."""
        kept: list[Problem] = []
        for found in problems:
            own, code = self.file.checks.get(found.code), registry().get(found.code)
            if own is None or own.level is None or code is None or code.fixed:
                kept.append(found)
            elif own.level != "off":
                kept.append(found.at(Level(own.level)))
        return kept

    def problems(self) -> list[Problem]:
        """Report what is wrong with the settings themselves."""
        return [
            found
            for name, setting in self.file.checks.items()
            for found in _wrong(name, setting, self.file)
        ]


def _wrong(name: str, setting: CheckSetting, file: CampaignFile) -> Iterable[Problem]:
    place = file.place("checks", name)
    try:
        code = find_code(name)
    except AdvocacyError as error:
        yield replace(error.problems[0], place=place)
        return
    level = setting.level
    if code.fixed and level is not None and level != code.level:
        yield problem(
            "setting-fixed",
            f"A campaign cannot change the level of `{name}`. It remains {article(code.level)}.",
            "Remove the setting, and fix the reported problems."
            + (ACCEPT if code.group == "claims" else ""),
            setting.place("level"),
        )
        return
    if setting.limit is not None and not code.limits:
        having = ", ".join(f"`{c.name}`" for c in registry().values() if c.limits)
        yield problem(
            "setting-no-limit",
            f"`{name}` has no limit.",
            f"Remove `limit:`. Only these codes have limits: {having}.",
            setting.place("limit"),
        )
    if not setting.reason and (change := _needs_reason(code, setting, file)):
        yield problem(
            "setting-without-reason",
            f"`{name}` is {change} without a reason.",
            "Add `reason:` with a short explanation for later readers.",
            place,
        )


def _needs_reason(code: Code, setting: CheckSetting, file: CampaignFile) -> str:
    if setting.level is not None and _WEIGHT[setting.level] < _WEIGHT[code.level]:
        lowered = setting.level != "off"
        return f"lowered to {article(Level(setting.level))}" if lowered else "turned off"
    default = code.limit(file.audience)
    if setting.limit is not None and default is not None and setting.limit > default:
        return f"given a wider limit ({setting.limit} instead of {default})"
    return ""


def article(level: Level) -> str:
    """`an error`, `a warning`, `a note`."""
    return f"an {level}" if level is Level.ERROR else f"a {level}"

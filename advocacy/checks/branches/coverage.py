"""Find the branches of templates that are never seen, over all campaigns checked together."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from advocacy.campaign.loading import Campaign
from advocacy.checks.branches import report
from advocacy.checks.branches.stage import LIST, StageLetters
from advocacy.checks.branches.watch import Branch, Watch
from advocacy.checks.settings import CheckSettings
from advocacy.errors import Problem, count_noun
from advocacy.letters.parts import layout_files
from advocacy.resources import templates_dir


@dataclass(slots=True)
class Coverage:
    """Which branches of letters and layouts were seen, in all the campaigns that were added."""

    letters: Watch = field(default_factory=Watch)
    layouts: Watch = field(default_factory=Watch)
    _own: set[str] = field(default_factory=lambda: {"email.html"})
    """The layouts that stages name."""
    _used: list[tuple[CheckSettings, set[Path]]] = field(default_factory=list)

    def add(
        self,
        campaign: Campaign,
        *,
        day: date | None = None,
        stage: str | None = None,
        today: date | None = None,
    ) -> list[Problem]:
        """Render the letters of a campaign, and report what is wrong with them.

        `day` and `stage` are as in `run_checks`. Branches are reported by `problems`, once all
        campaigns are added: what one never shows another may.
        """
        today = today or campaign.today()
        settings = CheckSettings(campaign.file)
        problems: list[Problem] = []
        used: set[Path] = set()
        for name, one in campaign.file.stages.items():
            if stage in (None, name) and (day is None or one.covers(day)):
                letters = StageLetters(campaign, name, day, today)
                problems += letters.problems(self.letters, self.layouts, settings)
                self._own.add(f"{one.layout}.html")
                used |= letters.files | set(layout_files(campaign, one).values())
        self._used.append((settings, used))
        return settings.apply(dict.fromkeys(problems))

    def problems(self) -> list[Problem]:
        """Report the branches that no one sees, and those that nobody on a list sees.

        Layouts have parts for campaigns of all kinds; of these only what no one sees is reported.
        """
        found = [
            report.unseen(branch)
            for watch in (self.letters, self.layouts)
            for branch in watch.branches
            if branch not in watch.seen and not self._is_overridden(branch)
        ]
        found += [
            report.unlisted(branch, next(iter(viewers)))
            for branch, viewers in self.letters.seen.items()
            if LIST not in viewers
        ]
        return list(dict.fromkeys(left for one in found for left in self._at_level(one)))

    def _is_overridden(self, branch: Branch) -> bool:
        """Whether it is in a built-in layout that only another one builds on.

        That one has parts of its own instead, and nobody who writes letters can change either.
        """
        folder = templates_dir() / "layouts"
        return branch.path.parent == folder and branch.path.name not in self._own

    def _at_level(self, found: Problem) -> list[Problem]:
        """The problem at the level of the first campaign that does not turn it off."""
        path = found.place.path if found.place else None
        levels = [left for one, used in self._used if path in used for left in one.apply([found])]
        return levels[:1]

    def summary(self) -> str:
        """Count the branches of letters, and those who see them."""
        branches = [self.letters.seen.get(branch, {}) for branch in self.letters.branches]
        listed = sum(LIST in viewers for viewers in branches)
        nobody = sum(not viewers for viewers in branches)
        others = len(branches) - listed - nobody
        return (
            f"{count_noun(len(branches), 'branch', 'branches')} of letters: {listed} seen by "
            f"recipients or signers, {others} only by made-up people, {nobody} by nobody."
        )

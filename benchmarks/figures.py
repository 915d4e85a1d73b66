"""What was measured, its limit, and how both are shown."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, unique


@unique
class Bound(Enum):
    """Which side of the limit is the good one."""

    AT_MOST = "at most"
    AT_LEAST = "at least"


@dataclass(frozen=True)
class Figure:
    """One row: `value` is held against `limit`, if there is one; the other cells are for the reader."""

    name: str
    value: float
    bound: Bound
    limit: float | None
    unit: str = ""
    sampan: str = ""
    bare: str = ""
    spread: str = ""

    @property
    def kept(self) -> bool:
        """Whether the limit holds."""
        if self.limit is None:
            return True
        return self.value <= self.limit if self.bound is Bound.AT_MOST else self.value >= self.limit

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as it is shown."""
        value = f"{self.value:.2f} ×" if self.unit == "×" else f"{self.value:.3g} {self.unit}".strip()
        if self.limit is None:
            return self.name, self.sampan, self.bare, value, self.spread, "none", ""
        limit = f"{self.bound.value} {self.limit:g} {self.unit}".strip()
        return self.name, self.sampan, self.bare, value, self.spread, limit, "yes" if self.kept else "**NO**"


HEAD = ("what", "Sampan", "bare", "figure", "half of the rounds", "limit", "kept")


def ratio(
    name: str,
    sampan: Sequence[float],
    bare: Sequence[float],
    *,
    bound: Bound,
    limit: float | None,
    shown: str,
) -> Figure:
    """A figure from rounds in which both were measured one after the other; `shown` formats one of them."""
    ratios = [mine / its for mine, its in zip(sampan, bare, strict=True)]
    low, middle, high = statistics.quantiles(ratios, n=4)
    return Figure(
        name,
        middle,
        bound,
        limit,
        unit="×",
        sampan=shown.format(statistics.median(sampan)),
        bare=shown.format(statistics.median(bare)),
        spread=f"{low:.2f} to {high:.2f}",
    )


def table(figures: Sequence[Figure]) -> str:
    """All figures as a Markdown table that can be read as plain text, too."""
    rows = [HEAD, *(figure.cells for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    lines.insert(1, " | ".join("-" * width for width in widths))
    return "\n".join(f"| {line} |" for line in lines)

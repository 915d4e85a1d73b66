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
    measured: str = ""
    against: str = ""
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
        value = f"{_number(self.value, self.unit)} {self.unit}".strip()
        if self.limit is None:
            return self.name, self.measured, self.against, value, self.spread, "none", ""
        limit = f"{self.bound.value} {self.limit:g} {self.unit}".strip()
        kept = "yes" if self.kept else "**NO**"
        return self.name, self.measured, self.against, value, self.spread, limit, kept


def _number(value: float, unit: str) -> str:
    if unit == "×":
        return f"{value:.2f}"
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"


FIGURE = ("figure", "half of the rounds", "limit", "kept")


def ratio(
    name: str,
    measured: Sequence[float],
    against: Sequence[float],
    *,
    bound: Bound,
    limit: float | None,
    shown: str,
) -> Figure:
    """A figure from rounds in which both were measured one after the other; `shown` formats one of them."""
    ratios = [one / other for one, other in zip(measured, against, strict=True)]
    low, middle, high = statistics.quantiles(ratios, n=4)
    return Figure(
        name,
        middle,
        bound,
        limit,
        unit="×",
        measured=shown.format(statistics.median(measured)),
        against=shown.format(statistics.median(against)),
        spread=f"{low:.2f} to {high:.2f}",
    )


def table(figures: Sequence[Figure], *, measured: str, against: str) -> str:
    """All figures as a Markdown table that can be read as plain text, too; the two name their columns."""
    rows = [("what", measured, against, *FIGURE), *(figure.cells for figure in figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    lines.insert(1, " | ".join("-" * width for width in widths))
    return "\n".join(f"| {line} |" for line in lines)

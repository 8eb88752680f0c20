"""What a webhook receiver did with right and wrong deliveries."""

from dataclasses import dataclass
from typing import Any

from fakeayr.testing.advice import Advice
from fakeayr.testing.decoding import decode


@dataclass(frozen=True, slots=True, repr=False)
class ProbeResult:
    """What a receiver did with one delivery.

    Attributes:
        name: The delivery's name, such as `wrong-signature`.
        about: What is special about it.
        wanted: `accept`, `refuse` or `either`.
        accepted: Whether the receiver took it; only 2xx counts.
        right: Whether it did what it should.
        status: The HTTP status of the response.
        error: What went wrong, if there was none.
    """

    name: str
    about: str
    wanted: str
    accepted: bool
    right: bool
    status: int | None = None
    error: str | None = None

    def __repr__(self) -> str:
        """What it was, and what came of it."""
        did = "accepted" if self.accepted else "refused"
        return f"<Probe {self.name}: {did}{'' if self.right else f', should {self.wanted}'}>"


@dataclass(frozen=True, slots=True, repr=False)
class ProbeReport:
    """What a receiver did with all of them.

    Attributes:
        results: Each delivery, in the order in which they were sent.
        advice: What to mend in the receiver.
    """

    results: list[ProbeResult]
    advice: list[Advice]

    @classmethod
    def from_answer(cls, answer: dict[str, Any]) -> "ProbeReport":
        """What the control API reports of the probes, as a value."""
        results = [decode(ProbeResult, entry) for entry in answer["probes"]]
        return cls(results, [decode(Advice, piece) for piece in answer["advice"]])

    def __repr__(self) -> str:
        """The deliveries that went wrong, and the advice."""
        wrong = [result for result in self.results if not result.right]
        return f"<ProbeReport of {len(self.results)}: wrong {wrong}, advice {self.advice}>"

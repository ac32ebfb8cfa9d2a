"""Where every address stands at the service: its raw status, and what that means to the user."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from smsconf.language import _, clauses
from smsconf.model.address import Address, Kind
from smsconf.model.lifecycle import ABSENT, Phase, Verdict, read_status
from smsconf.model.sites import Site
from smsconf.reconcile.change import Action, AppChange, Change
from smsconf.reconcile.plan import Plan


@dataclass(frozen=True, slots=True)
class Review:
    """One address and its verdict. ``since`` is the service's own time of the last change, zone unknown.

    ``template_id`` is the id for sending; ``channel_num`` the sender of a signature or international app.
    ``stuck``: it is disabled, nothing else serves, and ``apply`` does nothing about it.
    """

    address: Address
    remote_name: str
    verdict: Verdict
    phase: Phase
    remote_id: str | None = None
    status: str | None = None
    since: str | None = None
    review_message: str | None = None
    template_id: str | None = None
    channel_num: str | None = None
    stuck: bool = False

    @property
    def pending(self) -> bool:
        """Tell whether something is still to come before this can be used."""
        return not self.verdict.done

    @property
    def rejected(self) -> bool:
        """Tell whether the reviewer said no, or the operators took it back."""
        return self.phase in (Phase.REJECTED, Phase.DEAD)


def read_reviews(plan: Plan, site: Site) -> Iterator[Review]:
    """Yield one row for each address that the service can have, in the order of the plan."""
    for change in plan.changes:
        if change.address and change.kind.managed and not change.beside:
            yield _review(change, change.address, site)


def _review(change: Change, address: Address, site: Site) -> Review:
    observed, live = change.observed, change.live
    absent = observed is None and live is not None  # of what is asked, while another one serves
    if absent or change.action is Action.WITHDRAW:  # or nobody needs what is on its way
        observed = live
    if observed is None and change.action is Action.REFUSED:
        refused = Verdict(done=False, approved=False, usable=False, text=change.reason)
        return Review(address, change.remote_name, refused, Phase.UNKNOWN)
    if observed is None:
        return Review(address, change.remote_name, ABSENT.verdict, ABSENT.phase)
    status = read_status(change.kind, site, observed.status)
    verdict = status.verdict
    if live is not None and live is not observed:
        beside = _("{message}; {name} serves meanwhile").format(message=verdict.message, name=live.name)
        verdict = replace(verdict, usable=True, text=beside)
    elif absent:
        said = change.reason
        if change.action is Action.REPLACE:
            said = _("apply replaces it by {name}").format(name=change.remote_name)
        verdict = replace(verdict, done=False, text=clauses((verdict.message, said)))
    elif change.kind is Kind.TEMPLATE and change.action is Action.NONE and verdict.approved:
        verdict = replace(verdict, text=change.reason)  # approved, but not quite as desired
    elif isinstance(change, AppChange) and change.twins:
        verdict = replace(verdict, text=change.reason)
    return Review(
        address=address,
        remote_name=observed.name,
        verdict=verdict,
        phase=status.phase,
        remote_id=observed.remote_id,
        status=observed.status,
        since=observed.update_time or observed.create_time,
        review_message=getattr(observed, "review_message", None),
        template_id=live.template_id if live else None,
        channel_num=getattr(observed, "channel_num", None),
        stuck=status.phase is Phase.DISABLED and live is None and change.action is Action.NONE,
    )

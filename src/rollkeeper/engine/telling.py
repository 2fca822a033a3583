"""Verdicts as sentences: what is the case, since when, and what a person can do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from attrs import evolve, frozen
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rollkeeper.audit.actors import name_of
from rollkeeper.consent.kinds import Kind
from rollkeeper.core.automatic import Outside
from rollkeeper.core.eligibility import Reason
from rollkeeper.core.guards import Deed, Guard
from rollkeeper.core.values import ContactId
from rollkeeper.engine.equation import Spot, Target
from rollkeeper.engine.facts import Act, Facts
from rollkeeper.engine.spoken import spoken
from rollkeeper.engine.stored import told
from rollkeeper.engine.words import BOUNCED, GUARDS, OUTSIDE, REASONS, provider_name
from rollkeeper.ledger.states import HoldState, OperationState

_BRINGS = (Deed.ADD, Deed.LEAVE)
_TAKES = (Deed.REMOVE, Deed.END, Deed.LEAVE)
_OF_MAIL = (Kind.UNSUBSCRIBED, Kind.COMPLAINT, Kind.STAFF)


@frozen(kw_only=True)
class Subject:
    """Whom and which list a sentence is about."""

    contact: ContactId | None
    mailbox: str | None
    target: Target
    spot: Spot | None
    """None when the contact has no mailbox."""
    outside: Outside | None = None
    """Why the contact is not on the list, when that is an automatic one."""

    @property
    def holders(self) -> list[int]:
        """The contact itself first, then the others who have the mailbox."""
        own = [] if self.contact is None else [int(self.contact)]
        others = self.spot.holders if self.spot else ()
        return own + [one.contact for one in others if one.contact != self.contact]


@frozen(kw_only=True)
class Found:
    """The end of a sentence that begins with a name, and what comes with it."""

    sentence: str
    next_step: str
    since: datetime | None = None
    hold: int | None = None
    """The hold that it speaks of."""


@frozen(kw_only=True)
class Teller:
    facts: Facts
    time_zone: str
    """The association's own: its dates are told, in the reader's language."""

    @property
    def provider(self) -> str:
        return provider_name(self.facts.connection.provider)

    def tell(
        self, subject: Subject, reason: Reason | None, still_there: Reason | None
    ) -> Found:
        """Say why, as the end of a sentence that begins with the contact's name."""
        found = self._there(subject) if reason is None else self._why(subject, reason)
        if still_there is None:
            return found
        lingers = self._on_the_way(subject, still_there, _TAKES)
        return evolve(
            found,
            sentence=_(
                "%(why)s, but the address is still on the list at %(there)s: it"
                " %(lingers)s"
            )
            % {
                "why": found.sentence.rstrip("."),
                "there": self.provider,
                "lingers": lingers.sentence,
            },
            next_step=lingers.next_step,
            hold=lingers.hold,
        )

    def tell_of_stranger(self, subject: Subject) -> Found:
        """Say of a mailbox that it is on the list over there, and not through us."""
        since = self._since(subject)
        sentence = _("is on the list at %(there)s, put there by somebody else.")
        if since:
            sentence = _(
                "is on the list at %(there)s, put there by somebody else, seen"
                " %(when)s."
            )
        return Found(
            sentence=sentence
            % {"there": self.provider, "when": self._on(since) if since else ""},
            next_step=_(
                "Nobody in the directory has this address on the list. Put a contact"
                " with it on the list to keep it, or take it off over there."
            ),
            since=since,
        )

    def _there(self, subject: Subject) -> Found:
        if self.facts.is_on_hold(subject.mailbox or ""):
            return Found(
                sentence=_(
                    "is on the list at %(there)s, which holds back mail to the address"
                    " for now."
                )
                % {"there": self.provider},
                next_step=_(
                    "Ask for another address if that lasts: the provider ends it by"
                    " itself, and does not say why."
                ),
                since=self._since(subject),
            )
        return Found(
            sentence=self._again(
                subject, _("is on the list at %(there)s.") % {"there": self.provider}
            ),
            next_step=_("Nothing to do."),
            since=self._since(subject),
        )

    def _again(self, subject: Subject, sentence: str) -> str:
        """Say too, where it is so, that they had refused, and ended it themselves."""
        since = self.facts.came_back(subject.mailbox or "", subject.holders)
        if since is None:
            return sentence
        return _("%(fact)s, subscribed again by their own act %(when)s.") % {
            "fact": sentence.rstrip("."),
            "when": self._on(since),
        }

    def _since(self, subject: Subject) -> datetime | None:
        return self.facts.there_since(subject.mailbox or "", subject.target.audience_id)

    def _why(self, subject: Subject, reason: Reason) -> Found:
        telling: dict[Reason, Callable[[Subject], Found]] = {
            Reason.DO_NOT_CONTACT: self._do_not_contact,
            Reason.NO_MASS_EMAILS: self._no_mass_emails,
            Reason.LEFT_LIST: self._left_list,
            Reason.DISABLED_IN_LIST: self._disabled,
        }
        if reason in telling:
            return telling[reason](subject)
        if reason is Reason.NOT_ON_LIST and subject.outside:
            sentence, next_step = OUTSIDE[subject.outside]
            return Found(sentence=sentence, next_step=next_step)
        return self._on_the_way(subject, reason, _BRINGS)

    def _do_not_contact(self, subject: Subject) -> Found:
        act = self.facts.do_not_contact(subject.holders)
        return self._by_an_act(Reason.DO_NOT_CONTACT, act)

    def _disabled(self, subject: Subject) -> Found:
        act = self.facts.standing(subject.target.list_id, subject.holders[:1])
        return self._by_an_act(Reason.DISABLED_IN_LIST, act)

    def _by_an_act(self, reason: Reason, act: Act | None) -> Found:
        sentence, next_step = REASONS[reason]
        if act is None:
            return Found(sentence=sentence, next_step=next_step)
        return Found(
            sentence=_("%(fact)s, set by %(who)s %(when)s.")
            % {
                "fact": sentence.rstrip("."),
                "who": name_of(act.by),
                "when": self._on(act.at),
            },
            next_step=next_step,
            since=act.at,
        )

    def _no_mass_emails(self, subject: Subject) -> Found:
        words = REASONS[Reason.NO_MASS_EMAILS]
        if found := self._refused(subject, words, _OF_MAIL, (None,)):
            return found
        if found := self._refused(subject, spoken(BOUNCED), (Kind.BOUNCED,), (None,)):
            return found
        act = self.facts.standing(subject.target.list_id, subject.holders)
        sentence = _("has No Mass Emails on this list, ticked here.")
        if act:
            sentence = _(
                "has No Mass Emails on this list, ticked here by %(who)s %(when)s."
            ) % {"who": name_of(act.by), "when": self._on(act.at)}
        return Found(
            sentence=sentence,
            next_step=_("Clear No Mass Emails on the contact's page if it is wrong."),
            since=act.at if act else None,
        )

    def _left_list(self, subject: Subject) -> Found:
        of_list = (subject.target.list_id,)
        asked = (
            _("has No Mass Emails on this list."),
            REASONS[Reason.NO_MASS_EMAILS][1],
        )
        return (
            self._refused(
                subject, REASONS[Reason.LEFT_LIST], (Kind.LEFT_LIST,), of_list
            )
            or self._refused(subject, asked, (Kind.STAFF,), of_list)
            or self._plainly(Reason.LEFT_LIST)
        )

    def _refused(
        self,
        subject: Subject,
        words: tuple[str, str],
        kinds: Collection[Kind],
        lists: Collection[int | None],
    ) -> Found | None:
        """Name the fact behind it: who said so, where and when."""
        refused = self.facts.refusal(
            kinds, lists, subject.mailbox or "", subject.holders
        )
        if refused is None:
            return None
        act = refused.told(self._on)
        if subject.contact and refused.contact_id not in (None, subject.contact):
            act = _("%(name)s, who shares the address, %(told)s") % {
                "name": self.facts.name(refused.contact_id),
                "told": act,
            }
        sentence, next_step = words
        return Found(
            sentence=f"{sentence.rstrip('.')}: {act}.",
            next_step=next_step,
            since=refused.since,
        )

    def _on_the_way(
        self, subject: Subject, reason: Reason, deeds: Iterable[Deed]
    ) -> Found:
        match reason:
            case Reason.HELD:
                return self._held(subject, deeds)
            case Reason.LET_GO:
                return self._let_go(subject, deeds)
            case Reason.WAITING:
                return self._waiting(subject)
            case Reason.REFUSED_BY_PROVIDER:
                return self._by_outcome(subject, reason)
            case _:
                return self._plainly(reason)

    def _held(self, subject: Subject, deeds: Iterable[Deed]) -> Found:
        if both := self.facts.addresses(subject.mailbox or ""):
            return self._readdressed(*both)
        hold = self.facts.hold(
            HoldState.OPEN,
            subject.mailbox or "",
            subject.target.audience_id,
            deeds,
        )
        if hold is None:
            return self._by_outcome(subject, Reason.HELD)
        return Found(
            sentence=_(
                "is held until a person decides: %(why)s (hold %(hold)s, %(when)s)."
            )
            % {
                "why": GUARDS[Guard(hold.guard)],
                "hold": hold.pk,
                "when": self._on(hold.made_at),
            },
            next_step=_("Look at hold %(hold)s, then approve or discard it.")
            % {"hold": hold.pk},
            since=hold.made_at,
            hold=hold.pk,
        )

    def _readdressed(self, here: str, there: str) -> Found:
        return Found(
            sentence=_(
                "is known at %(provider)s as %(there)s, and here as %(here)s: the"
                " address was changed over there."
            )
            % {"provider": self.provider, "there": there, "here": here},
            next_step=_(
                "Change the address here to %(there)s, if it is theirs. Until somebody"
                " decides, nothing is sent to the old one."
            )
            % {"there": there},
        )

    def _let_go(self, subject: Subject, deeds: Iterable[Deed]) -> Found:
        hold = self.facts.hold(
            HoldState.DISCARDED,
            subject.mailbox or "",
            subject.target.audience_id,
            deeds,
        )
        if hold is None or hold.decided_at is None:
            return self._plainly(Reason.LET_GO)
        return Found(
            sentence=_("is left as it is: %(who)s decided so %(when)s (hold %(hold)s).")
            % {
                "who": name_of(hold.decided_by),
                "when": self._on(hold.decided_at),
                "hold": hold.pk,
            },
            next_step=REASONS[Reason.LET_GO][1],
            since=hold.decided_at,
            hold=hold.pk,
        )

    def _by_outcome(self, subject: Subject, reason: Reason) -> Found:
        outcome = self.facts.outcome(subject.mailbox or "")
        if outcome is None:
            return self._plainly(reason)
        sentence, next_step = REASONS[reason]
        return Found(
            sentence=f"{sentence.rstrip('.')} {self._on(outcome.at)}:"
            f" {told(outcome.message)}",
            next_step=next_step,
            since=outcome.at,
        )

    def _waiting(self, subject: Subject) -> Found:
        spot, run = subject.spot, self.facts.pause
        operation = self.facts.under_way(subject.mailbox or "")
        if operation and operation.state == OperationState.ACCEPTED:
            sentence = _("is on its way: a job is running at %(there)s.")
            if sent := operation.sent_at:
                sentence = _(
                    "is on its way: a job is running at %(there)s since %(when)s."
                )
            return Found(
                sentence=sentence
                % {"there": self.provider, "when": self._minute(sent) if sent else ""},
                next_step=_("Wait until the provider has done it."),
                since=operation.sent_at,
            )
        if run and run.retry_at:
            return Found(
                sentence=_("is on its way, and waits until %(when)s. %(why)s")
                % {"when": self._minute(run.retry_at), "why": told(run.message)},
                next_step=_("Nothing to do: it goes on by itself."),
                since=run.finished_at,
            )
        if spot and spot.there and not spot.ours:
            return Found(
                sentence=_(
                    "is on the list at %(there)s already; the next run counts the"
                    " address as ours."
                )
                % {"there": self.provider},
                next_step=REASONS[Reason.WAITING][1],
                since=self._since(subject),
            )
        sentence, next_step = REASONS[Reason.WAITING]
        return Found(
            sentence=self._again(subject, sentence),
            next_step=next_step,
        )

    def _plainly(self, reason: Reason) -> Found:
        sentence, next_step = REASONS[reason]
        return Found(sentence=sentence, next_step=next_step)

    def _on(self, when: datetime) -> str:
        return _("on %(day)s") % {"day": date_format(self._local(when))}

    def _minute(self, when: datetime) -> str:
        return date_format(self._local(when), "DATETIME_FORMAT")

    def _local(self, when: datetime) -> datetime:
        return when.astimezone(ZoneInfo(self.time_zone))

"""What a role may do. The sentence of each, for the manager who grants it, is in `permission.toml`."""

from enum import StrEnum

from constat.rules.vocabulary import vocabulary


class Permission(StrEnum):
    """`scope.action`. Permission to act says nothing about which records: see `visibility`."""

    REPORTS_RECORD = "reports.record"
    REPORTS_READ = "reports.read"
    REPORTS_TRIAGE = "reports.triage"
    REPORTS_TRANSLATE = "reports.translate"
    REPORTS_IMPORT = "reports.import"
    REPORTS_LINK = "reports.link"
    INCIDENTS_READ = "incidents.read"
    INCIDENTS_BUILD = "incidents.build"
    INCIDENTS_GRADE = "incidents.grade"
    INCIDENTS_ATTRIBUTE = "incidents.attribute"
    INCIDENTS_MERGE = "incidents.merge"
    INCIDENTS_CLOSE = "incidents.close"
    IDENTITIES_RECORD = "identities.record"
    IDENTITIES_REVEAL = "identities.reveal"
    REGISTER_READ = "register.read"
    REGISTER_EDIT = "register.edit"
    REGISTER_IMPORT = "register.import"
    DESK_READ = "desk.read"
    DESK_SEARCH = "desk.search"
    DESK_TOTALS = "desk.totals"
    DESK_EXPORT = "desk.export"
    LOG_READ = "log.read"
    LOG_VERIFY = "log.verify"
    ACCESS_MANAGE = "access.manage"
    ACCESS_GRANT = "access.grant"
    OPERATIONS_READ = "operations.read"
    OPERATIONS_RECORD = "operations.record"
    OPERATIONS_IMPORT = "operations.import"
    EVIDENCE_READ = "evidence.read"
    EVIDENCE_DEPOSIT = "evidence.deposit"
    EVIDENCE_REDACT = "evidence.redact"
    EVIDENCE_CUSTODY = "evidence.custody"
    EVIDENCE_INTERVIEW = "evidence.interview"
    INQUIRIES_READ = "inquiries.read"
    INQUIRIES_REVIEW = "inquiries.review"
    INQUIRIES_ASSESS = "inquiries.assess"
    INQUIRIES_DECIDE = "inquiries.decide"
    INQUIRIES_INVESTIGATE = "inquiries.investigate"
    CONDUCT_MANAGE = "conduct.manage"
    RESPONSES_READ = "responses.read"
    RESPONSES_PROPOSE = "responses.propose"
    RESPONSES_CERTIFY = "responses.certify"
    RESPONSES_PAY = "responses.pay"
    RESPONSES_FUND = "responses.fund"
    RESPONSES_NOTIFY = "responses.notify"
    RESPONSES_COMPLAINT = "responses.complaint"
    RESPONSES_REVIEW = "responses.review"
    REFERRALS_READ = "referrals.read"
    REFERRALS_PREPARE = "referrals.prepare"
    REFERRALS_APPROVE = "referrals.approve"
    PUBLICATION_READ = "publication.read"
    PUBLICATION_DRAFT = "publication.draft"
    PUBLICATION_CLEAR = "publication.clear"
    PUBLICATION_RELEASE = "publication.release"
    PUBLICATION_STOP = "publication.stop"
    RESPONSES_PROTECT = "responses.protect"

    def label(self, language: str) -> str:
        return vocabulary("permission").label(self.value, language)

    def sentence(self, language: str) -> str:
        """What the holder can then do, in a sentence a manager understands."""
        return vocabulary("permission")[self.value].defined(language)

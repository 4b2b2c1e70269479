from odoo import models


class EcrmTimelineSource(models.AbstractModel):
    _inherit = "ecrm.timeline.source"

    def _said(self, kind, props):
        """Tell the score that somebody gave, and the comment."""
        score, most = props.get("score"), props.get("out_of")
        is_score = kind.startswith("feedback.") and all(
            isinstance(number, int | float) and not isinstance(number, bool)
            for number in (score, most)
        )
        if not is_score:
            return super()._said(kind, props)
        words = self.env._("%(score)s of %(highest)s", score=f"{score:g}", highest=f"{most:g}")
        return f"{words}: “{props['comment']}”" if props.get("comment") else words


class EcrmActivitySource(models.AbstractModel):
    _inherit = "ecrm.activity.source"

    def _source(self, event, paths, records, mails):
        """Lead from an answer about the company to the page of one's answers."""
        source = super()._source(event, paths, records, mails)
        if event["res_model"] == "ecrm.feedback" and not source["url"]:
            source["url"] = "/my/feedback"
        return source

import json

from psycopg2.extras import Json

from odoo import http
from odoo.http import request

INSERT = "INSERT INTO ecrm_bench_door VALUES %s"
OPTIONS = {"auth": "none", "methods": ["POST"], "csrf": False, "save_session": False}


class BenchDoor(http.Controller):
    """What a door costs at the least in this server."""

    @http.route("/bench/nothing", type="http", readonly=False, **OPTIONS)
    def nothing(self):
        """Answer, and nothing else."""
        return http.Response(status=204)

    @http.route("/bench/insert", type="http", readonly=False, **OPTIONS)
    def insert(self):
        """Read the batch, and write its events by one bare INSERT."""
        batch = json.loads(request.httprequest.get_data())
        rows = [
            (
                event["id"],
                event["t"],
                event["k"],
                event.get("u"),
                event.get("r"),
                event.get("s"),
                Json(event.get("p")),
            )
            for event in batch["events"]
        ]
        request.env.cr.execute_values(INSERT, rows)
        return http.Response(status=204)

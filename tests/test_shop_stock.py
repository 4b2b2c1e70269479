"""What depends on stock, where Odoo's shop keeps one; the other tests' databases have none."""

from ecrm_dev import odoo_log
from tests import harness

TESTS = ("TestRecommend.test_sold_out", "TestReorder.test_stock")


def test_what_is_sold_out():
    tags = ",".join(f"/ecrm_addon_website_sale:{test}" for test in TESTS)
    with harness.fresh_database() as name:
        log = harness.run_odoo(
            *("-d", name, "-i", "website_sale_stock", "-u", "ecrm_addon_website_sale"),
            *("--test-tags", tags, "--stop-after-init"),
        )
    report = odoo_log.read_log(log)
    assert (report.failed, report.skipped, report.unexpected) == ({}, {}, {})
    assert report.passed() == {"ecrm_addon_website_sale": len(TESTS)}

from lxml import etree, html

from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestCookiesBar(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].search([], limit=1)
        cls.website.cookies_bar = True

    def _page(self, path="/contactus"):
        answer = self.url_open(path)
        self.assertEqual(answer.status_code, 200)
        return html.fromstring(answer.text)

    def _choices(self, page):
        ids = ("cookies-consent-essential", "cookies-consent-all")
        return [page.get_element_by_id(name) for name in ids]

    def _edit_bar(self, change):
        """Save the bar as the website's editor does: as this website's own copy."""
        view = self.env.ref("website.cookies_bar").with_context(website_id=self.website.id)
        arch = etree.fromstring(view.arch)
        change(arch)
        view.write({"arch": etree.tostring(arch, encoding="unicode")})

    def test_choices_look_the_same(self):
        refuse, accept = self._choices(self._page())
        self.assertEqual(refuse.get("class"), accept.get("class"))
        self.assertIn("o_ecrm_choice", refuse.get("class"))

    def test_footer_reopens_the_bar(self):
        page = self._page()
        self.assertEqual(len(page.find_class("o_ecrm_privacy_link")), 1)
        self.assertIn("If you agree", page.get_element_by_id("ecrm_bar_text").text_content())
        self.website.ecrm_tracking = "anonymous"
        page = self._page()
        self.assertEqual(len(page.find_class("o_ecrm_privacy_link")), 1)
        self.assertFalse(page.xpath("//*[@id='ecrm_bar_text']"))

    def test_page_without_footer_reopens_the_bar(self):
        self.env.ref("website.footer_no_copyright").active = True
        self.assertEqual(len(self._page().find_class("o_ecrm_privacy_link")), 1)

    def test_no_bar_no_link(self):
        self.website.cookies_bar = False
        page = self._page()
        self.assertFalse(page.find_class("o_ecrm_privacy_link"))
        self.assertFalse(page.xpath("//*[@id='ecrm_bar_text']"))

    def test_bar_of_a_company(self):
        def restyle(arch):
            [accept] = arch.xpath("//a[@id='cookies-consent-all']")
            accept.set("class", "js_close_popup btn btn-primary btn-lg")

        self._edit_bar(restyle)
        refuse, accept = self._choices(self._page())
        for choice in (refuse, accept):
            self.assertIn("o_ecrm_choice", choice.get("class"))

    def test_bar_without_a_button(self):
        """What a company took out of its bar breaks no page."""

        def take_out(arch):
            for button in arch.xpath("//a[starts-with(@id, 'cookies-consent')]"):
                button.getparent().remove(button)

        self._edit_bar(take_out)
        page = self._page()
        self.assertTrue(page.get_element_by_id("website_cookies_bar") is not None)
        self.assertFalse(page.xpath("//a[starts-with(@id, 'cookies-consent')]"))

from odoo.tests import TransactionCase, tagged

from odoo.addons.portal.controllers.portal import CustomerPortal


@tagged("post_install", "-at_install")
class TestControllers(TransactionCase):
    def test_helpers_on_odoos_portal_have_names_of_their_own(self):
        """Odoo makes one class of all that extend its portal: a name must be nobody else's."""
        seen = {}
        for controller in self._ours(CustomerPortal):
            for name, method in vars(controller).items():
                is_theirs = any(hasattr(base, name) for base in controller.__bases__)
                if is_theirs or hasattr(method, "original_routing"):
                    continue
                if callable(method) or isinstance(method, staticmethod | classmethod):
                    self.assertTrue(name.startswith("_ecrm_"), f"{controller}: {name}")
                    self.assertNotIn(name, seen, f"{controller} and {seen.get(name)}")
                    seen[name] = controller
        self.assertTrue(seen)

    def _ours(self, controller):
        for child in controller.__subclasses__():
            if child.__module__.startswith("odoo.addons.ecrm_addon"):
                yield child
            yield from self._ours(child)

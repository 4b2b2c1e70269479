from .again_case import AgainCase


class ReorderTourCase(AgainCase):
    def setUp(self):
        super().setUp()
        for days in (29, 19, 9):
            self._order(self.ada, {self.pot: 1}, days=days)
        self._order(self.ada, {self.tea: 1, self.cup: 1})
        self.cup.sale_ok = False


class TestReorderTour(ReorderTourCase):
    def test_tour(self):
        self.start_tour("/my/orders", "ecrm_reorder", login="ada")
        self.assertEqual(self._in_cart(self.ada), {"Tea": 1, "Pot": 3})


class TestReorderTourMobile(ReorderTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_tour_mobile(self):
        self.start_tour("/my/orders", "ecrm_reorder", login="ada")
        self.assertEqual(self._in_cart(self.ada), {"Tea": 1, "Pot": 3})

"""The site map of amends: what waits, the offers and their acts, the money, the bands, the comparison."""

from django.urls import path

from constat.apps.amends import views

app_name = "amends"

urlpatterns = [
    path("", views.queue, name="queue"),
    path("case/<str:inquiry>/", views.case, name="case"),
    path("case/<str:inquiry>/propose/", views.propose, name="propose"),
    path("case/<str:inquiry>/admit/", views.admission, name="admit"),
    path("case/<str:inquiry>/admit/<int:number>/end/", views.admission, name="end-admission"),
    path("case/<str:inquiry>/<slug:verb>/", views.case_act, name="case-act"),
    path("offers/", views.offers, name="offers"),
    path("offers/<str:code>/", views.offer, name="offer"),
    path("offers/<str:code>/receipt/<slug:language>/", views.receipt, name="receipt"),
    path("offers/<str:code>/payee/<str:key>/", views.payee, name="payee"),
    path("offers/<str:code>/<slug:verb>/", views.act, name="act"),
    path("funds/", views.funds, name="funds"),
    path("funds/<str:code>/", views.fund, name="fund"),
    path("funds/<str:code>/<slug:verb>/", views.fund_act, name="fund-act"),
    path("funds/<str:code>/<slug:verb>/<int:number>/", views.fund_act, name="fund-act-on"),
    path("set/<slug:what>/", views.setting, name="setting"),
    path("money/", views.money, name="money"),
    path("bands/", views.bands, name="bands"),
    path("comparability/", views.comparability, name="comparability"),
]

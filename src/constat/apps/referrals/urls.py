"""The site map of referrals: the list, one referral, its items, its acts, its bag."""

from django.urls import path

from constat.apps.referrals import views

app_name = "referrals"
CODE = "<str:code>"

urlpatterns = [
    path("", views.listing, name="list"),
    path("new/<str:incident>/", views.prepare, name="prepare"),
    path(f"{CODE}/", views.page, name="page"),
    path(f"{CODE}/change/", views.amend, name="amend"),
    path(f"{CODE}/items/", views.items, name="items"),
    path(f"{CODE}/bag/", views.download, name="download"),
    path(f"{CODE}/consent/<str:person>/", views.consent, name="consent"),
    path(f"{CODE}/<slug:verb>/", views.act, name="act"),
]

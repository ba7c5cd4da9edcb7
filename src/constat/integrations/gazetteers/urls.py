"""Loading gazetteers: the upload, what became of it, the refused rows."""

from django.urls import path

from constat.integrations.gazetteers import views

app_name = "gazetteers"

urlpatterns = [
    path("register/imports/", views.upload, name="upload"),
    path("register/imports/<str:sha256>/", views.outcome, name="outcome"),
    path("register/imports/<str:sha256>/problems.csv", views.problems, name="problems"),
]

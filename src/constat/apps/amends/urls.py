"""The site map of amends."""

from django.urls import URLPattern

app_name = "amends"

urlpatterns: list[URLPattern] = []

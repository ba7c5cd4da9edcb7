"""Sign-in, one's own account, people and their posts, the log.

The names account_* and mfa_* are those allauth asks for; only the views listed here of allauth exist.
"""

from django.urls import include, path

from constat.apps.access import signin_views, views

pages = [
    path("connexion/premier-mot-de-passe/", views.activate, name="activate"),
    path("compte/", views.account, name="account"),
    path("compte/langue/", views.speak, name="speak"),
    path("compte/sessions/terminer/", views.end_other_sessions, name="end-other-sessions"),
    path("people/", views.people, name="people"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/password/", views.start_password, name="start-password"),
    path("people/<int:pk>/disable/", views.disable, name="disable"),
    path("people/<int:pk>/enable/", views.enable, name="enable"),
    path("people/<int:pk>/appoint/", views.appoint, name="appoint"),
    path("people/posts/<int:pk>/end/", views.end_post, name="end-post"),
    path("compartments/", views.compartments, name="compartments"),
    path("compartments/<int:pk>/remove/", views.remove_from_compartment, name="remove-from-compartment"),
    path("sections/", views.sections, name="sections"),
    path("sections/offices/", views.create_office, name="create-office"),
    path("roles/", views.roles, name="roles"),
    path("log/", views.log, name="log"),
]

urlpatterns = [
    path("connexion/", signin_views.login, name="account_login"),
    path("connexion/code/", signin_views.second_factor, name="mfa_authenticate"),
    path("connexion/cle/", signin_views.passkey_login, name="mfa_login_webauthn"),
    path("deconnexion/", signin_views.logout, name="account_logout"),
    path("compte/confirmer/", signin_views.confirm_password, name="account_reauthenticate"),
    path("compte/confirmer/code/", signin_views.confirm_code, name="mfa_reauthenticate"),
    path("compte/confirmer/cle/", signin_views.confirm_passkey, name="mfa_reauthenticate_webauthn"),
    path("compte/mot-de-passe/", signin_views.change_password, name="account_change_password"),
    path("compte/securite/", signin_views.factors, name="mfa_index"),
    path("compte/securite/application/", signin_views.add_app, name="mfa_activate_totp"),
    path("compte/securite/application/retirer/", signin_views.remove_app, name="mfa_deactivate_totp"),
    path("compte/securite/codes/", signin_views.codes, name="mfa_view_recovery_codes"),
    path("compte/securite/codes/nouveaux/", signin_views.new_codes, name="mfa_generate_recovery_codes"),
    path("compte/securite/cles/ajouter/", signin_views.add_passkey, name="mfa_add_webauthn"),
    path("compte/securite/cles/<int:pk>/retirer/", signin_views.remove_passkey, name="mfa_remove_webauthn"),
    path("", include((pages, "access"))),
]

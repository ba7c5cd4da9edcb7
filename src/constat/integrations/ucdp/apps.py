from django.apps import AppConfig


class UcdpConfig(AppConfig):
    name = "constat.integrations.ucdp"

    def ready(self) -> None:
        # Here and not above: the modules below need the models of the apps to be loaded.
        from constat.integrations.spreadsheet import kinds
        from constat.integrations.ucdp.importing import import_ucdp
        from constat.integrations.ucdp.mapping import is_ged

        kinds.add(kinds.Kind("ucdp", is_ged, import_ucdp))

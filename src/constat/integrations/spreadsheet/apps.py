from django.apps import AppConfig


class SpreadsheetConfig(AppConfig):
    name = "constat.integrations.spreadsheet"

    def ready(self) -> None:
        # Here and not above: the modules below need the models of the apps to be loaded.
        from constat.integrations.spreadsheet import kinds
        from constat.integrations.spreadsheet.operations.columns import recognises
        from constat.integrations.spreadsheet.operations.importing import import_recognised

        kinds.add(kinds.Kind("operations", recognises, import_recognised, door="spreadsheet:operations"))

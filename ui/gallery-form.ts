import { html, type Html, type Lang } from "#kernel";
import { checkboxes, dateInput, radios } from "./choices.ts";
import { actions, button, form } from "./controls.ts";
import { codeInput, fileUpload, input, select, textarea } from "./fields.ts";
import { steps } from "./progress.ts";

/** Every form control once, one of them wrong. */
export function formSample(lang: Lang, t: (fr: string, en: string) => string, error: string): Html {
  return html` <h2>${t("Formulaire", "Form")}</h2>
    <div class="t-text">
      ${steps(lang, 2, 4)}
      ${form(
        { action: "#", hidden: html`` },
        input({
          lang,
          name: "name",
          label: t("Nom de famille", "Family name"),
          hint: t("Comme sur votre acte de naissance", "As on your birth record"),
          autocomplete: "family-name",
          value: "Traoré",
        }),
        dateInput({
          lang,
          name: "birth",
          label: t("Date de naissance", "Date of birth"),
          hint: t("Par exemple\u202f: 27 3 1990", "For example: 27 3 1990"),
          error,
          value: { day: "27", month: "3", year: "90" },
          birthday: true,
        }),
        codeInput({ lang, name: "code", label: t("Code reçu par SMS", "Code received by SMS") }),
        radios({
          lang,
          name: "reason",
          label: t("À quoi servira l’extrait\u202f?", "What is the extract for?"),
          value: "job",
          items: [
            { value: "job", text: t("Un emploi", "A job") },
            {
              value: "contest",
              text: t("Un concours", "A competition"),
              hint: t("Fonction publique, armée, police", "Civil service, army, police"),
            },
          ],
        }),
        checkboxes({
          lang,
          name: "lang",
          label: t("Langues", "Languages"),
          values: ["fr"],
          items: [
            { value: "fr", text: "Français" },
            { value: "en", text: "English" },
          ],
        }),
        select({
          lang,
          name: "commune",
          label: t("Commune", "Commune"),
          items: [
            { value: "1", text: "Commune A" },
            { value: "2", text: "Commune B" },
          ],
        }),
        textarea({
          lang,
          name: "message",
          label: t("Message", "Message"),
          optional: true,
          rows: 3,
        }),
        fileUpload({
          lang,
          name: "file",
          label: t("Document", "Document"),
          accept: "application/pdf",
          maxMegabytes: 5,
        }),
        actions(
          button(t("Continuer", "Continue")),
          button(t("Enregistrer et revenir", "Save and return"), { kind: "second" }),
          button(t("Retirer", "Withdraw"), { kind: "warn" }),
          button(t("Annuler", "Cancel"), { kind: "plain" }),
        ),
      )}
    </div>`;
}

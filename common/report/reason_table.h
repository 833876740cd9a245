/* Reasons of a verdict (a1-domain 8.2), in the order that decides: first red, then amber, then
 * notes. NW_REASON(code, colour, text de, text en, next step de, next step en). No include guard.
 *
 * Fields in braces are filled for each report: {what} what exactly, {date} of the status or trust
 * data, {host} the state of the check, {home} the state whose law applies, {from} {until} the
 * period, {type} what it is ("A1"; each type's name is feminine in German), {wanted} what was
 * asked for.
 *
 * WORDING: ONLY THE ISSUING INSTITUTION ENDS AN A1. No amber text says that it is void. */

NW_REASON("R01", RED, "Der Nachweis ist nicht echt oder beschädigt{what}.",
          "The document is not genuine or is damaged{what}.",
          "Einmal neu einlesen. Bleibt es dabei: Ausweis und {type} auf Papier verlangen, Vorgang "
          "festhalten.",
          "Read it once more. If the result stays: ask for an ID document and the {type} on paper, and "
          "record the case.")
NW_REASON(
    "R02", RED, "Der Aussteller ist nicht als {type}-Stelle anerkannt{what}.",
    "The issuer is not recognised as an institution for the {type}{what}.",
    "Vertrauensliste aktualisieren und wiederholen. Bleibt es dabei: melden und bei der "
    "Verbindungsstelle nachfragen.",
    "Update the trust data and repeat. If the result stays: report it and ask the liaison body.")
NW_REASON("R03", RED, "Diese {type} hat der ausstellende Träger zurückgezogen (Stand {date}).",
          "The issuing institution has withdrawn this {type} (as of {date}).",
          "Fragen, ob es eine neue {type} gibt; vor Ort laden lassen und wiederholen. Beim Träger "
          "nachfragen, ab wann der Rückzug gilt.",
          "Ask whether there is a new {type}, have it loaded on the spot and repeat. Ask the "
          "institution from when the withdrawal counts.")
NW_REASON("R04", RED, "Der Nachweis ist technisch abgelaufen oder noch nicht gültig{what}.",
          "The document has expired technically or is not valid yet{what}.",
          "Wallet öffnen und den Nachweis neu laden lassen, dann wiederholen. Über die {type} selbst "
          "sagt das nichts.",
          "Have the wallet opened and the document loaded anew, then repeat. This says nothing "
          "about the {type} itself.")
NW_REASON("R05", RED, "Die {type} gilt heute nicht: Sie gilt vom {from} bis {until}.",
          "The {type} does not apply today: its period is {from} to {until}.",
          "Nach einer neuen {type} oder einer Antragsbestätigung fragen.",
          "Ask for a new {type} or a confirmation of application.")
NW_REASON(
    "R06", RED, "Der Nachweis gehört nicht zu diesem Gerät oder zu dieser Anfrage{what}.",
    "The document does not belong to this device or to this request{what}.",
    "Die Vorlage aus der Wallet wiederholen lassen. Bleibt es dabei: Verdacht auf eine Kopie "
    "festhalten.",
    "Have it presented from the wallet again. If the result stays: record the suspicion of a copy.")
NW_REASON("R07", RED, "Die {type} lautet auf eine andere Person{what}.",
          "The {type} names another person{what}.",
          "Identität feststellen; nach der eigenen {type} dieser Person fragen.",
          "Establish the identity; ask for this person's own {type}.")
NW_REASON("R08", RED, "Die A1 deckt keine Arbeit in diesem Staat ({host}).",
          "The A1 does not cover work in this state ({host}).",
          "Arbeitgeber nach einer A1 für diesen Staat fragen; sonst beim ausstellenden Träger "
          "nachfragen.",
          "Ask the employer for an A1 for this state; otherwise ask the issuing institution.")
NW_REASON("R09", RED, "Das ist kein {wanted}-Nachweis{what}.", "This is not the document asked for, {wanted}{what}.",
          "Nach dem Nachweis fragen ({wanted}): in der Wallet, als QR-Code oder auf Papier.",
          "Ask for it ({wanted}): in the wallet, as a QR code or on paper.")

NW_REASON("A01", AMBER, "Ob die {type} zurückgezogen wurde, ist nicht aktuell geprüft{what}.",
          "Whether the {type} was withdrawn has not been checked recently{what}.",
          "Mit Netz die Prüfdaten aktualisieren und wiederholen.",
          "Update the evidence when there is a network, and repeat.")
NW_REASON("A02", AMBER, "Die Identität ist noch zu bestätigen{what}.",
          "The identity has still to be confirmed{what}.",
          "Namen und Geburtsdatum mit dem Ausweis vergleichen.",
          "Compare name and date of birth with the ID document.")
NW_REASON("A03", AMBER, "Kein Besitznachweis{what}: Ein Abgleich mit dem Ausweis ist nötig.",
          "No proof of possession{what}: a comparison with the ID document is needed.",
          "Ausweis verlangen und vergleichen.", "Ask for the ID document and compare.")
NW_REASON("A04", AMBER, "Die Festlegung ist vorläufig{what}.",
          "The determination is provisional{what}.",
          "Vermerken; nach zwei Monaten beim Träger nach der endgültigen Festlegung fragen.",
          "Make a note; ask the institution for the final determination after two months.")
NW_REASON("A05", AMBER, "Die A1 beruht auf einer Ausnahmevereinbarung nach Artikel 16.",
          "The A1 rests on an exception agreement under Article 16.",
          "Den Text der Vereinbarung lesen; im Zweifel bei der DVKA oder beim Träger nachfragen.",
          "Read the text of the agreement; in doubt ask the DVKA or the institution.")
NW_REASON("A06", AMBER, "Der Arbeitgeber vor Ort steht nicht in der A1.",
          "The employer on site is not named in the A1.",
          "Nach Überlassung oder Wechsel des Arbeitgebers fragen; Vertrag zeigen lassen.",
          "Ask about hiring-out or a change of employer; have the contract shown.")
NW_REASON("A07", AMBER, "Der Einsatzort weicht von der A1 ab{what}.",
          "The place of work differs from the A1{what}.",
          "Prüfen, ob der Einsatz hier plausibel ist.", "Check whether the work here is plausible.")
NW_REASON("A08", AMBER, "Angaben sind unplausibel{what}. Die A1 bleibt bindend.",
          "Details are implausible{what}. The A1 remains binding.",
          "Den Träger um Überprüfung bitten (Artikel 5 der Verordnung 987/2009).",
          "Ask the institution to review it (Article 5 of Regulation 987/2009).")
NW_REASON("A09", AMBER,
          "Hier gilt das Recht des Einsatzstaats ({home}): Die Anmeldung dort ist zu prüfen.",
          "The law of the state of work applies ({home}): registration there is to be checked.",
          "Anmeldung zur Sozialversicherung abfragen.",
          "Look up the registration for social security.")
NW_REASON("A10", AMBER,
          "Der Staat der Prüfung ({host}) ist in der A1 nicht als Tätigkeitsstaat genannt{what}.",
          "The state of this check ({host}) is not named as a state of work in the A1{what}.",
          "Beim ausstellenden Träger nachfragen.", "Ask the issuing institution.")
NW_REASON(
    "A11", AMBER, "Angaben fehlen: {what}.", "Details are missing: {what}.",
    "Die fehlenden Angaben mit Begründung nachfordern oder ergänzen und die Prüfung wiederholen.",
    "Ask for the missing details and say why, or supply them, and repeat the check.")
NW_REASON("A12", AMBER, "Der Name steht nicht im Nachweis.",
          "The document does not carry the name.",
          "Personenidentifikation (PID) aus derselben Wallet verlangen.",
          "Ask for the person identification data (PID) from the same wallet.")
NW_REASON("A13", AMBER, "Der Name ist nur ähnlich (Schreibweise, Reihenfolge oder Geburtsname).",
          "The name is only similar (spelling, order or birth name).",
          "Mit dem Ausweis vergleichen.", "Compare with the ID document.")
NW_REASON("A14", AMBER, "Keine behördliche Stufe oder Testumgebung{what}.",
          "No official level, or a test environment{what}.",
          "Nicht als amtlichen Nachweis werten; nach dem amtlichen fragen.",
          "Do not treat it as an official document; ask for the official one.")
NW_REASON(
    "A15", AMBER,
    "Der Träger steht nicht im aktuellen Verzeichnis{what}. Unterschrieben hat ein anerkannter "
    "Aussteller.",
    "The institution is not in the current directory{what}. It was signed by a recognised issuer.",
    "Das Trägerverzeichnis aktualisieren und wiederholen.",
    "Update the directory of institutions and repeat.")
NW_REASON(
    "A16", AMBER,
    "Es liegt nur eine Antragsbestätigung vor: Die A1 ist beantragt und kann nachgereicht werden.",
    "There is only a confirmation of application: the A1 was applied for and may follow.",
    "Frist zur Vorlage setzen; Abfrage bei der DSRV.",
    "Set a time limit for showing it; ask the DSRV.")
NW_REASON("A17", AMBER,
          "A1 auf Papier oder als PDF: Die Nummer ist bekannt, geprüft sind nur die Daten.",
          "A1 on paper or as PDF: the number is known, only its data were compared.",
          "Alle Felder mit der Auskunft vergleichen.",
          "Compare every field with the answer of the register.")

NW_REASON("I01", NOTE, "Ausgestellt nach Beginn des Zeitraums{what}; das ist zulässig.",
          "Issued after the period began{what}; that is lawful.", "", "")
NW_REASON("I02", NOTE, "Der Zeitraum endet in Kürze{what}.", "The period ends soon{what}.", "", "")
NW_REASON("I03", NOTE, "Es gelten Übergangsregeln (Verordnung 1408/71).",
          "Transitional rules apply (Regulation 1408/71).", "", "")
NW_REASON("I04", NOTE, "Mehrere Arbeitgeber oder Tätigkeiten sind genannt{what}.",
          "Several employers or activities are named{what}.", "", "")

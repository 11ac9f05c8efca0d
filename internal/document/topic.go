package document

// Topic is a subject that documents and their sections have.
type Topic uint8

// The topics that are told by headings in English, German, French, Polish and Spanish.
const (
	Security      Topic = iota // security in any sense, reporting included
	Reporting                  // how to report a vulnerability, and its disclosure
	Privacy                    // personal data
	Licensing                  // the licence of the project, and copyright
	Conduct                    // how to treat each other
	Contributing               // how to take part
	Changes                    // what changed from version to version
	Support                    // where to get help, or reach somebody
	Installation               // how to install or deploy
	Configuration              // how to configure or operate
)

// topicWords are phrases as HasWords takes them.
var topicWords = [...][]string{
	Security: {
		"security", "vulnerabilit*", "cybersecurity",
		"sicherheit*", "schwachstelle*", "sécurité", "vulnérabilité*", "bezpieczeństw*", "podatnoś*", "seguridad", "vulnerabilidad*",
	},
	Reporting: {
		"report* vulnerabilit*", "report* a vulnerability", "report* security", "report* a security", "report* a potential",
		"report* potential security", "report* an issue privately",
		"vulnerability report*", "security report*", "vulnerabilit* disclosure", "security disclosure*", "responsible disclosure",
		"coordinated disclosure", "coordinated vulnerability disclosure",
		"disclosure policy", "disclosing", "security contact*", "security issue*", "security bug*", "security vulnerabilit*", "security policy",
		"vulnerability handling", "report* a bug or vulnerability",
		"sicherheitslücke* melden", "schwachstelle* melden", "meldung von schwachstellen", "meldung von sicherheitslücken",
		"melden von sicherheitslücken", "melden von schwachstellen",
		"sicherheitsmeldung*", "sicherheitskontakt", "sicherheitsrichtlinie*",
		"signal* une vulnérabilité", "signal* des vulnérabilités", "signal* une faille", "signalement de vulnérabilité*",
		"signalement des vulnérabilités", "signalement d une vulnérabilité",
		"divulgation responsable", "divulgation coordonnée", "politique de sécurité",
		"zgłaszani* podatności", "zgłoś podatność", "zgłaszani* luk*", "zgłaszani* błędów bezpieczeństwa", "polityka bezpieczeństwa",
		"report* una vulnerabilidad", "report* vulnerabilidades", "inform* de vulnerabilidades", "notific* vulnerabilidades",
		"notific* una vulnerabilidad", "divulgación responsable", "divulgación coordinada", "política de seguridad",
	},
	Privacy: {
		"privacy", "gdpr", "personal data", "data protection", "personally identifiable", "pii", "data retention",
		"datenschutz*", "dsgvo", "personenbezogene*", "confidentialité", "vie privée", "rgpd", "données personnelles",
		"données à caractère personnel", "protection des données",
		"prywatnoś*", "rodo", "dane osobowe", "danych osobowych", "ochrona danych", "privacidad", "datos personales", "protección de datos",
	},
	Licensing: {
		"license*", "licence*", "licensing", "licencing", "copyright*", "legal", "copying",
		"lizenz*", "urheberrecht*", "droits d auteur", "licencj*", "prawa autorskie", "licencia*", "derechos de autor",
	},
	Conduct: {
		"code of conduct", "conduct", "codes of conduct", "verhaltenskodex", "verhaltensregeln", "verhaltensrichtlinie*", "code de conduite",
		"kodeks postępowania", "kodeks zachowania",
		"zasady postępowania", "código de conducta",
	},
	Contributing: {
		"contribut*", "how to help", "get* involved", "participat*", "pull request*", "merge request*", "submitting patches",
		"submitting changes", "hacking", "developer guide", "developers guide",
		"mitmachen", "mitwirken", "mitarbeit*", "beitragen", "beiträge", "contribu*", "participer", "współprac*", "współtworz*", "wkład*",
		"jak pomóc", "colabora*", "cómo contribuir",
	},
	Changes: {
		"changelog", "change log", "changes", "release notes", "release history", "version history", "what s new", "whats new", "news", "release*",
		"änderung*", "versionshinweise", "journal des modifications", "notes de version", "nouveautés", "zmiany", "historia zmian",
		"lista zmian", "cambios", "notas de la versión", "novedades",
	},
	Support: {
		"support", "get* help", "help", "contact*", "community", "questions", "feedback", "issues", "bug report*", "report* bugs",
		"report* a bug", "report* issues", "report* an issue",
		"hilfe", "unterstützung", "kontakt*", "fehler melden", "aide", "assistance", "wsparcie", "pomoc", "zgłaszanie błędów", "ayuda",
		"soporte", "contacto",
	},
	Installation: {
		"install*", "deploy*", "setup", "set up", "getting started", "quick start", "quickstart", "einrichtung", "inbetriebnahme", "instalac*",
		"instalaci*", "wdrożeni*", "déploiement", "despliegue",
	},
	Configuration: {
		"configur*", "config", "settings", "administration", "operation*", "konfigur*", "einstellungen", "paramètres", "paramétrage",
		"ustawienia", "ajustes",
	},
}

// IsAbout reports whether a heading, title or name of a file without its extension names the topic. It looks at words only:
// whether the section says something is for its reader to judge.
func (t Topic) IsAbout(heading string) bool { return HasWords(heading, topicWords[t]...) }

// About returns the indices of the sections whose heading names the topic, in the order of the text.
func (d *Document) About(t Topic) []int { return d.Find(topicWords[t]...) }

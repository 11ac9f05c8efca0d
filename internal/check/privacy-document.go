package check

import (
	"path"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

var privacyDocument = &Check{
	ID:      "privacy-document",
	Name:    "Privacy description",
	Short:   "privacy description",
	Asks:    "Is it described which information has a privacy impact, and how to improve privacy when deployed?",
	Clause:  practice.PrivacyDescription,
	Why:     "Operators must know which personal data a tool processes to run it lawfully.",
	Fix:     "Describe in PRIVACY.md which personal data the tool processes and what an operator can do to protect them.",
	Met:     "A document describes the personal data that is processed and what an operator can do.",
	Partial: "A remark on one feature or integration only.",
	Unmet:   "Nothing is said about personal data.",

	Needs: repo.Files,
	Reads: []string{
		privacyPages, "**/{privacy,privacy_policy,privacy-policy,gdpr}*.{html,htm,jinja2,j2,vue}",
		"{,.github/,docs/,doc/}readme*", "{,docs/,doc/}{security,faq,about,introduction,overview,index}*.{md,rst,adoc,txt}",
		handbook, "**/readme*.{md,rst,adoc}", interfaceDescriptions,
	},
	Lists: []string{everything},
	Judge: judgePrivacyDocument,
}

const (
	privacyPages = "**/*{privacy,gdpr,rgpd,dpia,dsgvo,datenschutz,data-protection,data_protection,confidentialite,privacidad,prywatno}*.{md,rst,adoc,txt}"
	// handbook are the documents that a project keeps for its users, without the changelogs among them, which may be huge:
	// no name begins with "chan".
	handbook = "{docs,doc,documentation,manual,handbook}/**/{[!c]*,c[!h]*,ch[!a]*,cha[!n]*}.{md,rst,adoc,txt}"
	// interfaceDescriptions are machine-readable descriptions of a web interface, with texts for people in them.
	interfaceDescriptions = "**/{openapi,swagger}*.{yaml,yml,json}"
)

// keptLookups are the words on what users look up without telling anybody.
const keptLookups = `\b(not|don't) (want to )?(leak|share|disclose|reveal|expose)\b[^.]{0,20}\b(quer(y|ies)|search(es)?|lookups?)\b`

// privacyWords is from how many words on a text on privacy says something.
const privacyWords = 80

var (
	// onPrivacy are the words of a heading or title on privacy.
	onPrivacy = pattern.New(`(?i)\bprivacy\b|\bGDPR\b|\bRGPD\b|\bDSGVO\b|\bdata protection\b|\bpersonal (data|information)\b` +
		`|\bdatenschutz|\bconfidentialité\b|` +
		`\bdonnées personnelles\b|\bprivacidad\b|\bdatos personales\b|\bprywatnoś|\bdan(e|ych) osobow`)
	// personalData are the words without which a text on privacy says nothing of people's data.
	personalData = pattern.New(`(?i)\bpersonal(ly)?[ -](data|information|identifiable)\b|\bPII\b|\bdata subjects?\b|\bdata controller\b` +
		`|\buser data\b|\b(e-?mail|IP) addresses\b|\bcredentials\b|` +
		`\bpersonenbezogen|\bdonnées (personnelles|à caractère personnel)\b|\bdatos personales\b|\bdane osobowe\b|\bdanych osobowych\b`)
	// privacyRemark is a sentence that speaks of the law, of privacy as a matter of a feature, or of what leaves the house.
	privacyRemark = pattern.New(`(?i)\bGDPR\b|General Data Protection Regulation|\bpersonal (data|information)\b` +
		`|\b(legal|policy)\b[^.]{0,20}\bprivacy\b|\bprivacy\b[^.]{0,20}\b(settings?|implications?|impact|considerations?|concerns?)\b|` +
		`\b(sensitive|confidential|private)\b[^.]{0,20}\b(quer(y|ies)|search(es)?|lookups?|requests?)\b|` +
		`\bwithout (leaking|sharing|sending|disclosing|uploading|exposing)\b[^.]{0,40}\b(data|documents?|files?|information|samples?|quer(y|ies))\b|` +
		`\b(none|nothing|no data|never|not|n't)\b[^.]{0,80}\b(sent|uploaded|transmitted|leaves?)\b[^.]{0,40}\b(servers?|third part(y|ies)|cloud` +
		`|outside|your (own )?(browser|computer|machine|network|premises|infrastructure|organi[sz]ation))\b|` +
		`\bno (\w+ ){0,2}(data|content|inputs?|documents?|files?)\b[^.]{0,15}\b(sent|uploaded|transmitted|transferred)\b[^.]{0,10}\b(over|across) (the|any) (network|internet|wire)\b|` +
		`\bby default\b[^.]{0,40}\bdata\b[^.]{0,20}\b(sent|submitted|uploaded|transmitted) to\b|` +
		`\b(nothing|no (data|documents?|files?|inputs?))\b[^.]{0,15}\b(saved|stored|kept|retained|persisted|logged)\b[^.]{0,20}\bservers?\b|` +
		keptLookups)
	// notTheirs is privacy that is somebody else's, or a rule for those who write code or reports.
	notTheirs = pattern.New(`(?i)\b(they|it|which|who) (have|has)\b[^.]{0,15}\bown\b|\bleaked?\b[^.]{0,30}\bpersonal\b|\bplease\b` +
		`|\bissues?\b|\bnever (log|record|commit)\b|\bPCI\b|\bHIPAA\b|\bmacOS\b|\bregulations\b`)
	// ownSite is a notice about a site that the project runs, not about the program.
	ownSite = pattern.New(`(?i)\b(this|our|the) (public |online )?(web ?site|demo|demonstration)\b`)
)

func judgePrivacyDocument(v *View) Finding {
	if v.isCollection() {
		return notApplicable("a collection of data, not a program, processes no personal data")
	}
	var weak *Finding
	note := func(f Finding) {
		if weak == nil {
			weak = &f
		}
	}
	for _, d := range v.Docs {
		if !onPrivacy.May(d.Content()) && !onPrivacy.May(d.Path) {
			continue
		}
		doc := d.Document()
		named := onPrivacy.MatchString(spaced(path.Base(d.Path)))
		for i := range doc.Sections {
			s := &doc.Sections[i]
			if !(i == 0 && named) && !(s.Level > 0 && onPrivacy.MatchString(s.Heading)) {
				continue
			}
			text := sectionText(doc, i)
			place := []Evidence{at(d, s.Line, s.End, "on privacy")}
			switch {
			case proseWords(doc, i) < privacyWords:
				note(partial(place, "%s has a few words on privacy only, the personal data is not described", d.Place()))
			case isPart(d.Path):
				note(partial(place, "%s speaks of privacy for one part only", d.Place()))
			case ownSite.MatchString(text) || doc.Format == document.HTML:
				note(partial(place, "%s is a notice of a site, not of the program", d.Place()))
			case !personalData.MatchString(text):
				note(partial(place, "%s does not say which personal data is processed", d.Place()))
			default:
				return met(place, "%s describes the personal data and privacy", d.Place())
			}
		}
	}
	if weak != nil {
		return *weak
	}
	remark := v.sentence(privacyRemark,
		func(d *Doc, b *document.Block, s string) bool {
			return b.Kind != document.Cell && !developerPages.MatchString(d.Path) && !notTheirs.MatchString(s)
		})
	if remark != nil {
		remark.Note = "remark on privacy"
		return partial([]Evidence{*remark}, "%s has a remark on privacy only, the personal data is not described", remark.Path)
	}
	return unmet(nil, "no document speaks of personal data or privacy")
}

// partFolders hold parts that are used or not, each with its own description.
var partFolders = pattern.New(`(?i)(^|/)(analy[sz]ers|responders|plugins?|modules|bots|connectors|integrations|extensions|contrib)/`)

// isPart reports whether a document describes one optional part.
func isPart(p string) bool { return partFolders.MatchString(p) }

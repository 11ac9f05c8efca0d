package check

import (
	"cmp"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

var disclosurePolicy = &Check{
	ID:      "disclosure-policy",
	Name:    "Vulnerability disclosure policy",
	Short:   "disclosure policy",
	Asks:    "Does a policy say what happens to a report?",
	Clause:  practice.DisclosurePolicy,
	Why:     "Reporters and users must know what happens to a report, and when.",
	Fix:     "Say in SECURITY.md how soon reports are answered and fixed, which versions are supported, and how findings are credited and published.",
	Met:     "At least two of answer time, fix time, scope, credit, publication are stated.",
	Partial: "One of them is stated, or the policy is only linked.",
	Unmet:   "No policy, or the forge's unchanged template.",

	Needs:    repo.Files,
	Uses:     repo.Inherited | repo.SecurityText,
	Inherits: []repo.Community{repo.SecurityPolicy, repo.Contributing},
	Reads:    reportReads,
	Follow:   reportFollows,
	Judge:    judgeDisclosurePolicy,
}

func judgeDisclosurePolicy(v *View) Finding {
	passages := v.reportTexts()
	var best []promise
	for i := range passages {
		// A policy may be spread over documents, but each of these says it all or little.
		if got := passages[i].promises(); len(got) > len(best) {
			best = got
		}
	}
	var names []string
	var evidence []Evidence
	for _, p := range best {
		names = append(names, p.name)
		evidence = append(evidence, at(p.Doc, p.line, 0, p.name))
	}
	switch len(best) {
	case 0:
	case 1:
		missing := slices.DeleteFunc(slices.Clone(promiseOrder), func(name string) bool { return name == names[0] || name == coordination })
		if names[0] == coordination {
			missing = slices.DeleteFunc(missing, func(name string) bool { return name == publication })
		}
		return partial(evidence, "%s states %s only; %s are missing", best[0].label(), names[0], enumerate(missing))
	default:
		return met(evidence, "%s states %s", best[0].label(), enumerate(names))
	}
	if c := v.linkedPolicy(); c != nil {
		return partial([]Evidence{at(c.Doc, c.line, 0, "link to a policy")}, "%s only links a policy and states nothing of it", c.label())
	}
	for _, p := range passages {
		switch {
		case p.policy && p.isTemplate():
			return unmet([]Evidence{whole(p.Doc, "read")}, "%s is the forge's template, not filled in", p.label())
		case p.policy:
			return unmet([]Evidence{whole(p.Doc, "read")}, "%s says how to report and nothing of what happens then", p.label())
		}
	}
	return unmet(nil, "no document says what happens to a report of a vulnerability")
}

// linkedPolicy returns the link to a policy that is kept elsewhere.
func (v *View) linkedPolicy() *channel {
	for _, c := range v.reportChannels() {
		if c.kind == policyLink && !v.inTree(c.name) {
			return &c
		}
	}
	texts, docs := v.securityTexts()
	for i, t := range texts {
		if len(t.Policy) > 0 {
			return &channel{policyLink, t.Policy[0].value, t.Policy[0].line, &reportText{Doc: docs[i]}}
		}
	}
	for _, p := range v.reportTexts() {
		for _, b := range p.blocks {
			told := namesPolicy(b.Text)
			for _, l := range b.Links {
				// A link that leads nowhere still shows that there is a policy; one into the tree was read.
				outside := l.Target == "" || strings.Contains(l.Target, "://") || strings.HasPrefix(l.Target, "www.")
				if !l.Image && outside && !v.inTree(l.Target) && (told || namesPolicy(l.Text)) {
					return &channel{policyLink, l.Target, l.Line, &p}
				}
			}
			if document.HasWords(b.Text, "security policies and advisories", "disclosure polic*") && document.HasWords(b.Text, "found here", "available at", "see") {
				return &channel{policyLink, "", b.Line, &p}
			}
		}
	}
	return nil
}

func namesPolicy(text string) bool {
	return document.HasWords(text, "disclosure polic*", "security polic*", "disclosure process")
}

// forgesPage matches the page on which a forge shows the policy of a repository: that of the tree, or else that of the owner.
var forgesPage = pattern.New(`(?i)/security(/policy)?/?$`)

// inTree reports whether a link leads to a file of the repository itself.
func (v *View) inTree(target string) bool {
	if forgesPage.MatchString(target) && !slices.ContainsFunc(v.reportTexts(), func(p reportText) bool { return p.policy }) {
		return false
	}
	return strings.Contains(strings.ToLower(target), "/"+strings.ToLower(v.Name)+"/")
}

// promiseOrder is the order in which a reason names what a policy says.
var promiseOrder = []string{"answer time", "fix time", "scope", "credit", publication, coordination}

// Publication and coordination of identifiers are one thing that a policy says, by the word that fits what it says.
const (
	publication  = "publication"
	coordination = "identifier assignment"
)

// promise is one of the things that a policy says of a report, with the place.
type promise struct {
	name string
	line int
	*reportText
}

var (
	// span matches a length of time.
	span = pattern.New(`(?i)\b(\d+|one|two|three|four|five|seven|ten|fourteen|thirty|sixty|ninety|a|an|a few|a couple of|few|couple of` +
		`|several)[- –]?(\d+ ?)?\(?\d*\)? ?(working |business |calendar |full )?(hour|day|week|month|h\b|stunde|werktag|arbeitstag|tag|woche|heure` +
		`|jour|semaine|hora|día|dia|semana|godzin|dni|tygod)|\b(same|next) (working |business )?day\b`)
	// receipt matches a sentence that says that a report is acknowledged, which is no credit to who sent it.
	receipt = pattern.New(`(?i)\b(?:reports?|submissions?|e-?mails?|messages?|issues?|receipt|vulnerabilit(?:y|ies)|it) (?:will` +
		`|shall|should|must|is|are|can) (?:be )?(?:\w+ )?acknowledged\b[^.]{0,40}(?:\.|$|\band\b|\bwithin\b|\bas soon\b)`)
	// outNow names a version by its being out, which says nothing of the publication of a flaw.
	outNow      = pattern.New(`(?i)\bpublished (?:release|version)s?\b`)
	answerWords = []string{"respon*", "reply", "replies", "answer*", "acknowledg*", "get back", "confirm", "confirmation", "hear from",
		"hear back", "receipt", "contact you", "initial", "triage*", "update you", "updated", "updates on", "status update*", "feedback",
		"you should receive", "you will receive", "you'll receive",
		"antwort*", "bestätig*", "répon*", "accus*", "respuesta*", "responder*", "odpowie*", "potwierdz*"}
	fixWords = []string{"fix*", "patch*", "resol*", "remediat*", "mitigat*", "address*", "released", "release a", "release the", "new release",
		"software release", "beheb*", "corrig*", "correct*", "solucion*", "napraw*"}
	// partyWords tell that a time is the project's or the reporter's, not that of some tool.
	partyWords = []string{"we", "we'll", "you", "your", "team", "maintainer*", "report*", "vulnerabilit*", "issue*", "security", "they", "response", "triage*",
		"wir", "sie", "nous", "vous", "nosotros", "su", "antwort*", "schwachstelle*", "podatnoś*", "zgłosze*"}
	scopeWords = []string{"supported version*", "only support*", "security update*", "security fixes", "security patches", "security support*",
		"in scope", "out of scope", "scope of", "applies to", "this policy covers", "following applications and projects",
		"following projects", "following repositories", "related projects", "versions are supported", "version is supported", "latest version",
		"latest release", "latest stable release", "latest stable version", "current stable", "most recent version", "most recent release", "no longer supported", "end of life", "lts",
		"unterstützte version*", "versions supportées", "versiones soportadas", "versiones compatibles", "wspierane wersje"}
	creditWords = []string{"credit*", "be acknowledged", "acknowledge your", "acknowledged in", "acknowledged by", "public acknowledg*",
		"publicly acknowledg*", "acknowledge* publicly", "acknowledge reporter*", "acknowledge the reporter*", "acknowledge finder*",
		"acknowledge researcher*", "acknowledge contribut*", "acknowledge you", "hall of fame", "thank you page", "attribut*", "recogni*",
		"bounty", "bounties", "reward*", "name you", "mention you*",
		"danksagung*", "nennung", "remerci*", "crédit*", "agradec*", "reconoc*", "podziękowa*"}
	publishWords = []string{"public disclosure", "publicly disclose*", "disclose* publicly", "coordinated disclosure",
		"coordinated vulnerability disclosure", "coordinat* the fix and disclosure", "coordinat* the disclosure", "coordinat* disclosure",
		"disclosure date", "disclosure timeline*", "embargo*", "publish*", "security advisor*", "advisory", "announce*",
		"full disclosure", "disclosed", "release notes", "changelog", "go public", "made public", "transparen*", "disclosure period",
		"veröffentlich*", "publié*", "publier*", "divulg*", "publicar*", "publikac*", "opublik*", "ujawni*"}
	// coordinateWords tell that somebody sees to an identifier.
	coordinateWords = []string{"request* the cve*", "request* a cve", "cve assignment", "assign* a cve", "cve* will be", "cve id*", "cve number*"}
	// dealWords tie a publication to the report: who does it, or after what.
	dealWords = []string{"we", "we'll", "will", "until", "once", "after", "before", "prior", "team", "maintainers", "is", "are", "wir", "nach",
		"bis", "nous", "après", "avant", "hasta", "después", "po", "do czasu", "zostan*"}
)

// promises finds what such a text says of answer time, fix time, scope, credit and publication, each once.
func (p *reportText) promises() []promise {
	var out []promise
	add := func(name string, line int) {
		for i, o := range out {
			switch {
			case o.name == name, o.name == publication && name == coordination:
				return
			case o.name == coordination && name == publication:
				out[i] = promise{name, line, p}
				return
			}
		}
		out = append(out, promise{name, line, p})
	}
	doc := p.Document()
	wish := 0 // where a reporter is asked whether credit is wanted, which says so less plainly than a promise
	for _, b := range p.blocks {
		if b.Kind == document.Code || b.Kind == document.Heading {
			continue
		}
		heading := doc.Sections[b.Section].Heading
		if document.HasWords(heading, "supported versions", "supported releases", "scope", "unterstützte versionen", "versiones soportadas",
			"versions supportées", "wspierane wersje") && !document.Denies(b.Text) {
			add("scope", b.Line)
		}
		for _, s := range b.Sentences() {
			if wish == 0 && document.HasWords(s.Text, "whether you", "if you want", "if you wish", "if you would like") && document.HasWords(s.Text, creditWords...) {
				wish = s.Line
				continue
			}
			p.sentence(s, add)
		}
	}
	if wish > 0 {
		add("credit", wish)
	}
	slices.SortStableFunc(out, func(a, b promise) int {
		return cmp.Compare(slices.Index(promiseOrder, a.name), slices.Index(promiseOrder, b.name))
	})
	return out
}

func (p *reportText) sentence(s document.Sentence, add func(name string, line int)) {
	text := outNow.ReplaceAllString(s.Text, "")
	has := func(words ...string) bool { return document.HasWords(text, words...) }
	timed := span.MatchString(s.Text) && has(partyWords...) && !has("at least") // else it is how long something stays private
	if timed && has(answerWords...) {
		add("answer time", s.Line)
	}
	if timed && has(fixWords...) && !has("if you", "follow up") {
		add("fix time", s.Line)
	}
	if document.HasWords(s.Text, scopeWords...) || has("applies to any", "applies to all", "applies to the following") {
		add("scope", s.Line)
	}
	if has(creditWords...) && !receipt.MatchString(s.Text) && !document.Denies(s.Text, creditWords...) &&
		!has("acknowledge your report", "acknowledge your email", "acknowledge your e-mail", "acknowledge your message") {
		add("credit", s.Line)
	}
	if has(dealWords...) && (!has("privately", "draft") || has("publish*", "publicly", "disclos*", "announce*")) {
		switch {
		case has(publishWords...) && !document.Denies(s.Text, publishWords...):
			add(publication, s.Line)
		case has(coordinateWords...) && !document.Denies(s.Text, coordinateWords...):
			add(coordination, s.Line)
		}
	}
}

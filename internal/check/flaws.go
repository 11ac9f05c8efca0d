package check

import (
	"path"
	"slices"
	"strings"
	"time"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/repo"
)

// ownFlaw is a vulnerability of the project itself that it names by an identifier.
type ownFlaw struct {
	document.Identifier
	where Evidence
	fixed time.Time // when the release, or else the change, that names it came out; zero where nothing says so
	open  bool      // an advisory says that there is no fix
}

// publishedFlaws returns the project's vulnerabilities of which the forge shows an advisory, or a database that was asked a record.
func publishedFlaws(v *View) []ownFlaw {
	var all []ownFlaw
	for _, k := range v.published() {
		id := document.Identifier{ID: k.records[0].ID}
		for _, known := range document.Identifiers(strings.Join(k.records[0].Aliases, " ")) {
			id = document.Identifier{ID: known.ID}
			break
		}
		all = append(all, ownFlaw{Identifier: id, where: k.evidence(id.ID), fixed: k.day()})
	}
	return all
}

// noticeHeading is a heading under which a project tells its users of its own vulnerabilities.
var noticeHeading = pattern.New(`(?i)^\W*(?:(?:recent|past|previous|latest|published|known|our|list of|cve) )*(?:(?:security` +
	`|vulnerability) (?:advisor(?:y|ies)|disclosures?|notices?|bulletins?|announcements?|alerts?|history)|advisories)\W*$`)

// noticedFlaws returns the vulnerabilities that the README or the security policy names under such a heading.
func noticedFlaws(v *View) []ownFlaw {
	var all []ownFlaw
	for _, d := range slices.Concat(v.Matching(policyGlobs...), v.Matching(readmeGlob)) {
		doc := d.Document()
		for i := 1; i < len(doc.Sections); i++ {
			if !noticeHeading.MatchString(doc.Sections[i].Heading) || isTitle(doc, i) {
				continue
			}
			for _, b := range doc.Under(i) {
				for _, id := range document.Identifiers(b.Text) {
					if len(all) < maxFlaws && fixedIn.MatchString(b.Text) {
						all = append(all, ownFlaw{Identifier: id, where: at(d, b.LineAt(id.Offset), 0, id.ID)})
					}
				}
			}
		}
	}
	return all
}

// fixedIn matches what a notice says of the version with the fix, or of those without it.
var fixedIn = pattern.New(`(?i)\b(?:fix\w*|patch\w*|updat\w+|upgrad\w+|versions?|releases?|affect\w*|pull)\b`)

// advisoryGlobs are the places of advisories that a project keeps in its tree.
var advisoryGlobs = []string{
	"{,.github/,doc/,docs/,documentation/}{security-advisories,security_advisories,advisories}/**/*.{md,rst,txt,adoc}",
	"{doc,docs,documentation}/**/{security-advisories,security_advisories,advisories}/*.{md,rst,txt,adoc}",
	"{security/,docs/security/}{advisories/,}{cve,ghsa,gcve}-*.{md,rst,txt,adoc}",
}

// upgradeGlobs are the places where a project tells operators what to mind about each of its versions.
var upgradeGlobs = []string{"*upgrad*.{md,rst,txt,adoc}", "{doc,docs,documentation}/**/*upgrad*{,/*}.{md,rst,txt,adoc}"}

// ownAdvisory matches the address of an advisory that a repository published on GitHub and captures the repository.
var ownAdvisory = pattern.New(`(?i)https?://github\.com/([\w.-]+/[\w.-]+)/security/advisories/ghsa-`)

// linkedFlaws returns the vulnerabilities whose advisories among those of the project itself are linked in its security policy, in
// its README and in its notes on upgrades, the newest first. A file that is named after a version tells when it was fixed.
func linkedFlaws(v *View) []ownFlaw {
	var all []ownFlaw
	for _, d := range v.Matching(slices.Concat(policyGlobs, []string{readmeGlob}, upgradeGlobs)...) {
		text := d.Content()
		for _, m := range ownAdvisory.FindAllStringSubmatchIndex(text, maxFlaws) {
			if !strings.EqualFold(text[m[2]:m[3]], v.Name) {
				continue
			}
			start := m[1] - len("ghsa-")
			for _, id := range document.Identifiers(text[start:min(len(text), start+len("ghsa-xxxx-xxxx-xxxx"))]) {
				line := lineAt(text, start)
				version := strings.TrimSuffix(path.Base(d.Path), path.Ext(d.Path))
				fixed := tagDay(v, version)
				if fixed.IsZero() {
					fixed = tagDay(v, version+".0")
				}
				all = append(all, ownFlaw{Identifier: id, where: at(d, line, line, id.ID), fixed: fixed})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b ownFlaw) int { return b.fixed.Compare(a.fixed) })
	return all
}

// maxFlaws is how many flaws are collected: the newest tell a project's habits.
const maxFlaws = 50

// ownFlaws returns the project's own vulnerabilities that advisories in the tree, changelogs, tags and commits name, each once.
func ownFlaws(v *View) []ownFlaw {
	var all []ownFlaw
	seen := map[string]bool{}
	add := func(f ownFlaw) {
		if len(all) < maxFlaws && !seen[f.ID] {
			seen[f.ID] = true
			all = append(all, f)
		}
	}
	for _, d := range v.Matching(advisoryGlobs...) {
		if f, ok := advisory(d, v.Name); ok {
			add(f)
		}
	}
	for _, f := range linkedFlaws(v) {
		add(f)
	}
	mentions := flawMentions(v)
	named := map[string]bool{}
	for _, m := range mentions {
		named[m.id.ID] = true
	}
	for _, m := range mentions {
		if m.own(len(named) > manyNamed) {
			m.where.Note = m.id.ID
			add(ownFlaw{Identifier: m.id, where: m.where, fixed: m.day})
		}
	}
	return all
}

// manyNamed is how many identifiers a project names at most that does not handle the vulnerabilities of others.
const manyNamed = 20

// idMention is an identifier that an entry of a changelog, the message of a tag or that of a commit names.
type idMention struct {
	id            document.Identifier
	section, text string // the heading of the entry, and its words
	above         string // the words of the entry that it is a part of
	where         Evidence
	day           time.Time // when that came out
	foreign       bool      // the entry speaks of what the project builds on
	marked        bool      // the entry is marked as being about security
}

// maxNoted is how many bytes of releases that name identifiers are read of changelogs, the newest releases first.
const maxNoted = 2 << 20

// mentionsIn returns the identifiers that an entry names. What the entry as a whole says is found out once for all of them.
func mentionsIn(section, text, above string, where Evidence, day time.Time) []idMention {
	ids := document.Identifiers(text)
	if len(ids) == 0 {
		return nil
	}
	foreign := dependencyWord.MatchString(text) || dependencyWord.MatchString(above) || raised.MatchString(above)
	marked := securityMark.MatchString(text)
	out := make([]idMention, len(ids))
	for i, id := range ids {
		out[i] = idMention{id, section, text, above, where, day, foreign, marked}
	}
	return out
}

// flawMentions returns what names an identifier, whosever vulnerability it is.
func flawMentions(v *View) []idMention {
	changelogs := v.Matching(changelogGlobs...)
	noted := memo(v, "mentions in changelogs", 0, changelogs, func() []notedMention { return readChangelogs(changelogs) })
	return memo(v, "mentions", repo.Commits|repo.Tags, changelogs, func() []idMention { return readMentions(v, noted) })
}

// notedMention is an identifier in a changelog, with the version whose tag dates it if the changelog does not.
type notedMention struct {
	idMention
	version string
}

func readChangelogs(changelogs []*Doc) []notedMention {
	var all []notedMention
	left := maxNoted
	for _, d := range changelogs {
		for r := range document.Releases(d.Content()) {
			if len(document.Identifiers(r.Body())) == 0 {
				continue
			}
			if left -= len(r.Body()); left < 0 {
				return all
			}
			version := ""
			if !r.Unreleased && r.Date.IsZero() {
				version = r.Version
			}
			for n := range r.Notes() {
				for _, m := range mentionsIn(n.Section, n.Text, n.Above, at(d, n.Line, n.End, ""), r.Date) {
					all = append(all, notedMention{m, version})
				}
			}
		}
	}
	return all
}

func readMentions(v *View, noted []notedMention) []idMention {
	var all []idMention
	add := func(section, text string, where Evidence, day time.Time) {
		all = append(all, mentionsIn(section, text, "", where, day)...)
	}
	for _, n := range noted {
		if n.version != "" {
			n.day = tagDay(v, n.version)
		}
		all = append(all, n.idMention)
	}
	for i := range v.Tags.Value {
		t := &v.Tags.Value[i]
		for line := range strings.Lines(t.Message) {
			add("", line, Evidence{Tag: t.Name}, t.Time)
		}
	}
	for i := range v.Commits.Value.Commits {
		c := &v.Commits.Value.Commits[i]
		if isBot(c) {
			continue
		}
		if len(document.Identifiers(c.Subject)) == 0 && len(document.Identifiers(c.Body)) == 0 {
			continue
		}
		if !flawKind.MatchString(c.Subject) && !flawKind.MatchString(c.Body) && !securityMark.MatchString(c.Subject) {
			continue // that something with an identifier was mended is said of dependencies more often than not
		}
		add("", c.Subject, Evidence{Commit: c.OID}, c.Time)
		if !fixWord.MatchString(c.Subject) || !flawWord.MatchString(c.Subject) {
			continue // what a body says at length is about the data of the program more often than not
		}
		for line := range strings.Lines(c.Body) {
			add("", c.Subject+": "+line, Evidence{Commit: c.OID}, c.Time)
		}
	}
	return all
}

// tagDay returns the day on which the version was tagged, zero if it was not.
func tagDay(v *View, name string) time.Time {
	for i := range v.Tags.Value {
		if sameVersion(v.Tags.Value[i].Name, name) {
			return v.Tags.Value[i].Time
		}
	}
	return time.Time{}
}

// sameVersion reports whether two names, of a tag or in a text, mean the same version.
func sameVersion(a, b string) bool {
	x, ok := parseVersion(a)
	y, is := parseVersion(b)
	return ok && is && x.pre == y.pre && joinParts(x.parts) == joinParts(y.parts)
}

// flawKinds are the words for kinds of flaws.
const flawKinds = `xss|csrf|ssrf|xxe|rce|sqli|injection|travers\w+|overflow|underflow|out[- ]of[- ]bounds|use[- ]after[- ]free` +
	`|denial[- ]of[- ]service|dos|bypass\w*|disclosure|leak\w*|escalation|deserializ\w+|redirect|spoofing|code execution|unauthori[sz]ed` +
	`|authenti\w+|authori[sz]ation`

// Words that tell whose a vulnerability is that an entry names.
var (
	// fixWord are the words by which an entry says that something was mended.
	fixWord = pattern.New(`(?i)\b(?:(?:bug|hot)?-?fix(?:e[sd]|ing)?|patch(?:e[sd])?|prevent\w*|mitigat\w+|resolv\w+|address(?:e[sd])?` +
		`|correct(?:s|ed)|clos(?:e[sd]?)|hardens?|hardened|sanit\w+|escap\w+|reject\w*)\b`)
	// flawWord are the words by which it says that this was a flaw in security.
	flawWord = pattern.New(`(?i)\b(?:security|vulnerabilit\w+|` + flawKinds + `)\b`)
	// flawKind tells what kind of flaw it is.
	flawKind = pattern.New(`(?i)\b(?:` + flawKinds + `)\b`)
	// securityMark is how entries are marked as being about security: the forge writes the first when it merges the fix of an advisory,
	// git the last when a branch made for it is merged.
	securityMark = pattern.New(`(?i)^merge pull request from ghsa-|\[security\]|^\W*(?:(?:fix|chg|new|feat)\W+)?security\W*:` +
		`|\bsecurity[- ](?:fix|release|update|patch)|^Merge (?:remote-tracking )?branch '(?:[^']*/)?security[/-]`)
	// securityPart is a heading of a part of a changelog on security.
	securityPart = pattern.New(`(?i)\b(?:security|vulnerabilit(?:y|ies)|advisor(?:y|ies))\b`)
	// dependencyWord tells that the flaw is one of what the project builds on.
	dependencyWord = pattern.New(`(?i)\b(?:dependenc\w+|(?:security )?alerts?|dependabot|bump\w*|upgrad(?:e[sd]?|ing)` +
		`|updat(?:e[sd]?|ing) (?:\S+ ){1,4}(?:to|from|for|because|due|version)|librar(?:y|ies)|third[- ]party|base[- ]image|docker image|npm audit` +
		`|vendored|bundled|transitive|package-lock|lock ?file|requirements|` +
		`log4j\w*|log4shell|openssl|jquery|spring4?\w*|struts|jackson|netty|lodash|moment|axios|urllib3|werkzeug|jinja2?|django|pillow|pyyaml` +
		`|tomcat|heartbleed|shellshock|libwebp|xz|curl|alpine|debian|ubuntu|electron|bootstrap|protobuf|pyjwt|cryptography|cakephp|nginx|redis)\b`)
	// raised tells, above a list of flaws, that a version of something was raised, which mended them.
	raised = pattern.New(`(?i)\b(?:increas|rais|updat|mov|switch|chang)(?:e[sd]?|ed|ing)\b(?: \S+){0,4}? to (?:version )?v?\d+\.\d`)
	// aboutFlaw tells, before an identifier, that the change is about data on it: a rule, an example, a page that shows it.
	aboutFlaw = pattern.New(`(?i)\b(?:rules?|signatures?|detect\w*|exploit(?:s|ation)?|poc|attempts?|coverage|examples?|samples?` +
		`|templates?|lookups?|honeypot\w*|vulnerable to)\b(?:\W+[\w.'-]+){0,5}\W*$|` +
		`\b(?:pars\w+|display\w*|show\w*|plugins?|modules?|checks?|scann\w+|tests?|quer(?:y|ies)|search\w*|pages?|records?|entr(?:y|ies)|views?` +
		`|data|feeds?|import\w*|add(?:ed|s)?|new|support\w*|taxonom\w+|galax\w+)` +
		`(?: (?:for|of|on|about|with|to|the|a|an|in)){0,3} ?["'\x60\[]?$`)
	// mends ends right before the identifier of what an entry says was mended.
	mends = pattern.New(`(?i)\b(?:fix(?:e[sd])?|resolve[sd]?|patch(?:e[sd])?|mitigate[sd]?)(?: (?:for|of))? ?\W?$`)
	// flawObject follows the identifier of a flaw that the program handles: a rule, a signature or an exploit for it.
	flawObject = pattern.New(`(?i)^\W*(?:rules?|signatures?|detect\w*|templates?|plugins?|scann\w+|exploit\w*|checks?|modules?|poc` +
		`|pages?|records?|entr(?:y|ies)|views?|attempts?|tests?|json|data)\b`)
)

// Lengths in bytes around an identifier within which words tell what an entry says of it.
const (
	wordsBefore = 140
	wordsAfter  = 60
	noteLength  = 4 << 10 // after it, within which it may be spelled anew
)

// own reports whether the flaw is one of the project itself. Tools of CSIRTs name the vulnerabilities of others all the time:
// as data, as what a rule detects, and in what they depend on. A project that names many is believed only where it says
// that the entry is about security.
func (m *idMention) own(many bool) bool {
	if m.foreign {
		return false
	}
	if m.id.Offset > 0 && strings.IndexByte(`'"`, m.text[m.id.Offset-1]) >= 0 {
		return false // a value that the program handles
	}
	before := webAddress.ReplaceAllString(m.text[max(0, m.id.Offset-wordsBefore):m.id.Offset], "")
	_, after, _ := strings.Cut(m.text[m.id.Offset:min(len(m.text), m.id.Offset+noteLength)], m.id.ID)
	after = webAddress.ReplaceAllString(after[:min(len(after), wordsAfter)], "")
	switch {
	case flawObject.MatchString(after):
		return false
	case securityPart.MatchString(m.section):
		return true
	case aboutFlaw.MatchString(before):
		return false
	case strings.HasPrefix(m.id.ID, "GHSA-") && m.where.Path != "" && !many:
		return true // release notes cite the forge's advisories on the project
	case many:
		return m.marked
	}
	if m.where.Path != "" && mends.MatchString(before) {
		return true
	}
	near := before + after
	return m.marked || fixWord.MatchString(near) && flawWord.MatchString(near)
}

// webAddress matches an address, whose words say nothing of the entry.
var webAddress = pattern.New(`https?://\S*|\S+://\S*`)

var (
	// noFix says that nothing mends a flaw yet.
	noFix = pattern.New(`(?i)\b(?:(?:no|without(?: a)?) (?:fix|patch|fixed version|patched version)|not (?:yet )?(?:fixed|patched)` +
		`|unpatched|(?:patched|fixed)(?: in)?(?: versions?)?\W{1,6}(?:none|n/a|not available|pending))\b`)
	// dayLine is a line of an advisory that may name the day of the fix.
	dayLine = pattern.New(`(?i)\b(?:fixed|patched|released?|date|published)\b`)
)

// advisory reads a file as an advisory on the project itself. A collection of advisories on other products names those.
func advisory(d *Doc, project string) (ownFlaw, bool) {
	text := path.Base(d.Path) + "\n" + d.Content()
	ids := document.Identifiers(text)
	name := project[strings.LastIndexByte(project, '/')+1:]
	if len(ids) == 0 || len(ids) > 5 || !document.HasWords(d.Content(), name) {
		return ownFlaw{}, false
	}
	f := ownFlaw{Identifier: ids[0], where: whole(d, ids[0].ID), open: noFix.MatchString(text)}
	for line := range strings.Lines(d.Content()) {
		if t := document.FirstDate(line); dayLine.MatchString(line) && !t.IsZero() {
			f.fixed = t
			break
		}
	}
	return f, true
}

package check

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

var hardeningGuide = &Check{
	ID:      "hardening-guide",
	Name:    "Hardening guide",
	Short:   "hardening guide",
	Asks:    "Are weak points of a deployment and counter-measures documented?",
	Clause:  practice.Countermeasures,
	Why:     "Operators must know a deployment's weak points to protect them.",
	Fix:     "Add a page on hardening that names the weak points of a deployment and what to do about each.",
	Met:     "A page or section names weak points and what to do.",
	Partial: "A warning or annotated option here and there.",
	Unmet:   "Nothing.",

	Needs: repo.Files,
	Reads: []string{
		"**/*{harden,threat-model,threat_model,threatmodel,assurance}*.{md,rst,txt,adoc,html}",
		"{,.github/}security[-_]*.{md,rst,txt,adoc}",
		"{docs,doc,documentation,wiki,website,site,content}/**/*{secur,safety,production,threat,best-practice,best_practice}*.{md,rst,txt,adoc}",
		"{docs,doc,documentation,wiki}/**/{security,hardening}/**/*.{md,rst,txt,adoc}",
		"{,.github/,docs/}{readme,security,install,installation,deployment,deploy,operations}{,.md,.rst,.txt,.adoc}",
		"{,.github/,docs/}admin*.{md,rst,txt,adoc}",
		"{docs,doc,documentation,wiki}/**/*{install,deploy,docker,setup,set-up,admin,operat,config,system,tls,ssl,https,auth,proxy,web,api,manager,server,quick*start,getting*started,requirements,command,usage,guide,manual,running,considerations}*.{md,rst,txt,adoc}",
		"{,config/,conf/,etc/,configs/}*.{sample,example,dist,default,template}",
		"{docker,docker-*,deploy,deployment,helm,ansible,contrib,install,installation}/{,*/}readme.{md,rst}",
		"{docker,deploy,deployment,deployments,helm,charts,kubernetes,k8s,ansible}/**/{deploy*,install*,harden*,secur*,production*}.{md,rst,txt,adoc}", "{server,backend,web,api}/readme.{md,rst}", "{install,installation}/*install*.{md,rst,txt,adoc}",
		partReadmes,
	},
	Lists: []string{everything},
	Judge: judgeHardeningGuide,
}

// partReadmes are those of the parts of a program. One of a service, which has something to protect, says how to.
const partReadmes = "{*,*/*,*/*/*}/readme.{md,rst,adoc}"

// deployedPart are READMEs of folders that are about the deployment by their names.
var deployedPart = pattern.New(`(?i)^(\.github|docs?|documentation|wiki|docker[^/]*|deploy\w*|helm|charts|kubernetes|k8s|ansible|contrib` +
	`|install(ation)?|server|backend|web|api)/`)

// protecting matches the headings of a service's README that is about that.
var protecting = pattern.New(`(?i)^\W*(authentication|certificates?|(mutual )?TLS|HTTPS|security|securing|hardening)\b`)

// Headings and titles under which weak points and counter-measures are told, and those that are about it in any case.
var (
	guideHeadings = []string{
		"harden", "hardening", "security consideration*", "security recommendation*", "security best practice*", "security guideline*",
		"security guide", "security note*", "security advice",
		"security configuration", "security model", "security posture", "security assumption*", "deployment assumption*", "threat scenario*",
		"threat model*", "security measures", "security checklist", "security tips", "security hint*", "security hints", "security aspects",
		"security warning*", "security notice",
		"securing", "secure your*", "secure deployment*", "secure configuration", "secure installation", "secure setup", "deployment security",
		"operational security", "production checklist", "production consideration*",
		"production hardening", "production deployment*", "going to production", "running in production", "network security", "web security", "api security",
		"härtung*", "absicher*", "sicherheitshinweise", "durcissement", "sécurisation", "recommandations de sécurité", "zabezpiecz*",
		"utwardzanie", "endurecimiento", "bastionado", "recomendaciones de seguridad",
	}
	// plainSecurity matches a heading that says no more than that.
	plainSecurity = pattern.New(`(?i)^\W*[\d.]*\W*(on |about )?(security|sicherheit|sécurité|seguridad|bezpieczeństwo)\W*$`)
	// considerations are headings that promise as much, and under which much may be told without a word of advice.
	considerations = []string{"security consideration*", "security recommendation*", "security best practice*", "security guideline*", "security guide", "securing"}
	hardenHeading  = []string{"harden", "hardening", "härtung*", "durcissement", "endurecimiento", "bastionado", "utwardzanie", "threat model*"}
)

// weakPoints are what attackers get at or what keeps them off; a sentence of advice names one of them.
var weakPoints = map[string][]string{
	"exposure": {"exposed", "expose", "exposing", "internet", "public", "publicly", "untrusted", "0.0.0.0", "localhost", "127.0.0.1",
		"loopback", "internet-facing"},
	"network": {"firewall*", "private network", "network segment*", "isolat*", "vpn", "dmz", "internal", "segregat*", "trusted network",
		"network access", "public network*", "reverse proxy", "ip address restriction*", "allowlist*", "whitelist*", "rate limit*", "ports"},
	"encryption": {"tls", "ssl", "https", "certificate*", "encrypt*", "unencrypted", "plaintext", "plain text", "x.509"},
	"secrets":    {"password*", "credential*", "secret*", "api key*", "token*", "passphrase*", "private key*", "secret key", "encryption key", "salt"},
	"authentication": {"authenticat*", "2fa", "mfa", "two-factor", "multi-factor", "otp", "brute force", "login*", "single sign-on",
		"authoriz*", "access control", "unauthenticated", "anonymous*", "user account*", "admin rights"},
	"permissions": {"permission*", "privilege*", "root", "sudo", "non-root", "unprivileged", "least privilege", "file access",
		"capabilities", "selinux", "apparmor", "seccomp", "sandbox*", "chroot"},
	"attacks": {"attack*", "malicious*", "arbitrary code", "remote code execution", "injection", "xss", "csrf", "ssrf", "exploit*",
		"compromis*", "escape", "denial of service", "vulnerab*", "insecure", "unsafe", "dangerous"},
	"headers": {"content-security-policy", "security headers", "hsts", "strict-transport-security", "x-frame-options", "cookie*", "cors"},
	"data":    {"backup*", "encrypted disk", "encrypt the disk", "log files", "audit log*", "update*", "patch*"},
}

// directives make a sentence advice or a warning.
var directives = []string{
	"should", "shouldn't", "must", "never", "do not", "don't", "avoid", "make sure", "ensure", "recommend*", "strongly", "important",
	"warning", "caution", "careful", "beware", "keep", "change the", "change your", "change it", "restrict*", "limit access",
	"protect*", "not for production", "in production", "production use", "need to", "you need", "you will need", "is required", "are required",
	"advise*", "consider", "please", "at your own risk", "at least", "prevent*", "mitigat*", "disable", "enable", "only allow",
	"use a strong", "use strong", "set a", "it is highly", "if you expose", "harden*",
	"sollte*", "müssen", "niemals", "nicht", "doivent", "devez", "jamais", "debe*", "nunca", "należy", "nigdy",
}

// warnings are sentences that stand for a counter-measure on their own.
var warnings = pattern.New(`(?i)\b(do not|don'?t|never|not be|avoid|shouldn'?t|not to)\b[^.]{0,60}\b(expos\w+|internet|publicly` +
	`|public (network|server|web ?server|instance))\b|` +
	`\bwithout expos\w+|\breachable\b[^.]{0,40}\b(every|all) interfaces?\b|\b(on|in|to|from) (an )?untrusted networks?\b|` +
	`\b(if|when|before) you\b[^.]{0,30}\bexpos\w+\b[^.]{0,40}\b(public|internet|outside)|` +
	`\b(keep|store)\b[^.]{0,40}\b(secret|confidential|secure|safe (place|location))\b|` +
	`\b(keep|store)\b[^.]{0,20}\b(keys?|passwords?|passphrases?|tokens?|credentials?|secrets?)\b[^.]{0,20}\bsafe\b|` +
	`\b(change|replace|set|rotate)\b[^.]{0,60}\b(default|initial|example|admin\w*)\b[^.]{0,30}\b(password|credential|secret|key)|` +
	`\bdefault (password|credential)\w*\b([^.]|\.\w){0,80}\b(change|remove|replace)|` +
	`\b(do not|don'?t|never|avoid|(should|must)(n'?t| not))\b[^.]{0,30}\b(run|execut|start)\w*\b[^.]{0,30}\bas root\b|` +
	`\bonly (the )?[\w-]+ (should|must|needs?|has|may|is)\b[^.]{0,30}\bas root\b|` +
	`\bnot\b[^.]{0,30}\b(public|unintentional|accidental)ly\b[^.]{0,20}\bexposed\b|` +
	`\b(setup|compose|configuration|config|image|server|mode|debug\w*|keys?|passwords?|credentials?|certificates?|secrets?` +
	`|deployment)\b[^.]{0,60}\bnot\b[^.]{0,40}\bproduction\b|` +
	`\b(never|not) be (set|enabled|used|active|left on)\b[^.]{0,30}\bproduction\b|` +
	`\bnot\b[^.]{0,20}\buse it in production\b|\bnot (a |yet )?production[- ]ready\b|` +
	`\b(not|never) (intended|meant|suitable|suited|designed|built)\b[^.]{0,40}\b(public|on the internet)\b|` +
	`\b(not|no means|never) (intended|meant|suitable|suited|recommended|designed|fit) (for|to)\b[^.]{0,30}\bproduction\b|` +
	`\b(passwords?|credentials?|secrets?|tokens?|keys)\b[^.]{0,60}\b(stored|kept|saved|sent|transmitted)\b[^.]{0,40}\b(plain|clear)[- ]?text\b|` +
	`\b(not|never) (use|run|deploy)\b[^.]{0,60}\b(setup|compose|configuration|image|server|mode|keys?|passwords?|credentials?|certificates?` +
	`|secrets?)\b[^.]{0,40}\bproduction\b|` +
	`\b(untrusted|unknown|malicious)\b[^.]{0,60}\b(can|may|could|might)\b[^.]{0,40}\b(execut|compromis|attack|code)|` +
	`\bpublic(ly)? (instance|available|accessible|reachable)\b[^.]{0,80}\b(unsafe|internal network|disabl|restrict|scan|secur|attack)` +
	`|\b(unsafe|restrict)\w*\b[^.]{0,60}\bpublic (instance|server)|` +
	`\bonly\b (be )?(readable|writ(e)?able|accessible) (by|to|for) (root|the (owner|user|service|account))\b|` +
	`\b(possible|can|could|may|might|allows?)\b[^.]{0,40}\bescalate (their )?privileges\b|` +
	`\b(strongly|highly) (recommend|advis|encourag|suggest)\w*\b[^.]{0,80}\b(tls|ssl|https([^:]|$)|firewall|authentication|private|isolat|vpn` +
	`|password|sandbox|non-root|unprivileged)|` +
	`\b(default|by default)\b[^.]{0,60}\b(plain HTTP|unencrypted|without (any )?(TLS|encryption|authentication))\b|` +
	`\b(security (risks?|measure|warning|notice|implications?|reasons))\b`)

// offline is what a text says of machines that do not reach the Internet, which warns of nothing.
var offline = pattern.New(`(?i)\b(do not|don'?t|does not|doesn'?t|cannot|can'?t|not) (have|need|require|use|access|reach)\b[^.]{0,20}\binternet\b`)

// protection matches headings of a single measure that is described without saying why.
var protection = pattern.New(`(?i)^[\W\d]*((enabl\w+|configur\w+|set(ting)? up|us(e|ing)( of)?|activat\w+|add(ing)?|secur\w+` +
	`|a note on|notes? on)\W+)?(the\W+)?` +
	`(tls|ssl|https|apparmor|selinux|firewall|mfa|2fa|two-factor)\b[^:/]*$|^\W*[\w-]+ (with|over) (tls|ssl|https)\W*$`)

// watched matches headings on what a program looks at in the connections of others.
var watched = pattern.New(`(?i)\b(anomal|detect|fingerprint|inspect|pars|analy[sz]|dissect|traffic|handshake|decrypt|intercept|scan)\w*`)

// The amounts of advice that make a section a guide.
const (
	guideAdvice = 3  // sentences of advice, on at least
	guidePoints = 2  // weak points of different kinds
	hardenWords = 90 // or words, on a page whose very title is hardening
	fewWords    = 15 // words with which a section says anything
)

func judgeHardeningGuide(v *View) Finding {
	if v.isCollection() {
		return notApplicable("a collection of data, not a program, is not deployed")
	}
	var lesser *Finding
	warned := false // lesser is more than a measure that says no why
	var link *Evidence
	ofParts := slices.DeleteFunc(v.Matching(partReadmes), func(d *Doc) bool { return deployedPart.MatchString(d.Path) })
	for _, d := range v.Docs {
		if developerPages.MatchString(d.Path) {
			continue
		}
		doc := d.Document()
		if slices.Contains(ofParts, d) && !slices.ContainsFunc(doc.Sections[1:], func(s document.Section) bool { return protecting.MatchString(s.Heading) }) {
			continue
		}
		if !isSample(d.Path) {
			section, enough := guide(doc)
			heading := doc.Sections[section].Heading
			if enough {
				return met([]Evidence{at(d, doc.Sections[section].Line, doc.Sections[section].End, heading)},
					"%s tells of weak points and counter-measures under \"%s\"", d.label(), short(heading))
			}
			if line, ok := production(doc); ok {
				return met([]Evidence{at(d, line, 0, "what production needs")}, "%s names what must be changed before production", d.label())
			}
			if section > 0 && !warned {
				warned = true
				f := partial([]Evidence{at(d, doc.Sections[section].Line, doc.Sections[section].End, heading)},
					"%s says little under \"%s\" of weak points of a deployment and what to do about them", d.label(), short(heading))
				lesser = &f
			}
		}
		if f, told := warning(d); f != nil && (lesser == nil || told && !warned) {
			lesser, warned = f, told
		}
		if e := guideLink(d); e != nil && link == nil {
			link = e
		}
	}
	switch {
	case lesser != nil:
		return *lesser
	case link != nil:
		return partial([]Evidence{*link}, "%s only links a text on hardening, which is not in the tree", link.Path)
	}
	return unmet(nil, "no document tells of weak points of a deployment and counter-measures")
}

// developerPages matches documents for those who change the program, not for those who run it.
var developerPages = pattern.New(`(?i)(^|/)(dev|developers?|development|adr|adrs|rfcs?|proposals|plans?|notes|specs?|designs?)/` +
	`|(^|/)[^/]*(style|contribut|develop|changelog|release|implementation-plan|roadmap)[^/]*$`)

// linkedGuide are words of a link to a text on how to protect a deployment.
var linkedGuide = []string{"hardening", "securing", "security consideration*", "security recommendation*", "security best practice*",
	"secure deployment", "secure your*", "härtung", "durcissement"}

// guideLink finds a link in a document at the root of the tree to a text on hardening.
func guideLink(d *Doc) *Evidence {
	if strings.Contains(strings.TrimPrefix(d.Path, ".github/"), "/") || isSample(d.Path) {
		return nil
	}
	for _, l := range d.Document().Links() {
		if !l.Image && !strings.HasPrefix(l.Target, "#") && document.HasWords(l.Text, linkedGuide...) {
			e := at(d, l.Line, l.Line, "link to a text on hardening")
			return &e
		}
	}
	return nil
}

// isSample reports whether a file is a sample of a configuration.
func isSample(file string) bool {
	switch strings.ToLower(path.Ext(file)) {
	case ".sample", ".example", ".dist", ".default", ".template":
		return true
	}
	return false
}

// short cuts a heading for a reason.
func short(heading string) string {
	words := strings.Fields(heading)
	return strings.Join(words[:min(len(words), 8)], " ")
}

// guide returns the section of a document that is about hardening and whether it says enough; 0 if there is none that says anything.
func guide(doc *document.Document) (section int, enough bool) {
	for i := 1; i < len(doc.Sections); i++ {
		h := doc.Sections[i].Heading
		if !document.HasWords(h, guideHeadings...) && !plainSecurity.MatchString(h) || document.Reporting.IsAbout(h) || inHistory(doc, i) {
			continue
		}
		blocks := withoutReporting(doc, i)
		if !document.HasWords(h, hardenHeading...) && asksForReports(blocks) {
			continue
		}
		words, advice, points := 0, 0, map[string]bool{}
		for _, b := range blocks {
			if b.Kind == document.Heading || b.Kind == document.Code {
				continue
			}
			words += len(strings.Fields(b.Text))
			for _, s := range b.Sentences() {
				kinds := namedPoints(s.Text)
				for _, k := range kinds {
					points[k] = true
				}
				if len(kinds) > 0 && document.HasWords(s.Text, directives...) {
					advice++
				}
			}
		}
		if len(points) >= guidePoints && (advice >= guideAdvice || document.HasWords(h, hardenHeading...) && words >= hardenWords ||
			document.HasWords(h, considerations...) && words >= hardenWords && advice > 1 && len(points) > guidePoints) {
			return i, true
		}
		if section == 0 && words >= fewWords {
			section = i
		}
	}
	return section, false
}

// inHistory reports whether a section stands in a history of changes or in a part on reports or changes sent to the project.
func inHistory(doc *document.Document, section int) bool {
	for _, h := range doc.Path(section) {
		if document.Changes.IsAbout(h) || document.Reporting.IsAbout(h) || document.Contributing.IsAbout(h) {
			return true
		}
	}
	return false
}

// withoutReporting returns the blocks of a section and of those within it, the parts left out that are about reports to the project.
func withoutReporting(doc *document.Document, section int) []*document.Block {
	return slices.DeleteFunc(doc.Under(section), func(b *document.Block) bool {
		for s := b.Section; s != section; s = doc.Sections[s].Parent {
			if h := doc.Sections[s].Heading; document.Reporting.IsAbout(h) || document.HasWords(h, "disclosure*", "advisor*") {
				return true
			}
		}
		return false
	})
}

// namedPoints returns the kinds of weak points that a sentence names.
func namedPoints(sentence string) []string {
	var kinds []string
	for kind, words := range weakPoints {
		if document.HasWords(sentence, words...) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// notProduction is a sentence that advises against a set-up for production, or that says how one differs.
var notProduction = pattern.New(`(?i)\bnot\b[^.]{0,80}\bproduction\b|\bproduction\b[^.]{0,60}\bnot\b` +
	`|\bproduction (system|setup|environment|use|deployment)s?\b[^.]{0,60}\b(must|should|need|require)`)

// productionReach is how many blocks after such a caution belong to it, as the items of a list.
const productionReach = 6

// production finds a caution that a setup as described is not for production which names three kinds of weak points or more.
func production(doc *document.Document) (line int, ok bool) {
	for i := range doc.Blocks {
		b := &doc.Blocks[i]
		if b.Kind == document.Heading || b.Kind == document.Code || !notProduction.MatchString(b.Text) {
			continue
		}
		text := b.Text
		for j := i + 1; j < len(doc.Blocks) && j <= i+productionReach && doc.Blocks[j].Section == b.Section && doc.Blocks[j].Kind != document.Code; j++ {
			text += "\n" + doc.Blocks[j].Text
		}
		if len(namedPoints(text)) >= guideAdvice {
			return b.Line, true
		}
	}
	return 0, false
}

// warning returns what a document has at least, a warning, an option or a measure, and whether it is one of the first two, which
// tell of a danger; nil if there is none.
func warning(d *Doc) (f *Finding, told bool) {
	doc := d.Document()
	found := func(line int, note, format string, args ...any) *Finding {
		f := partial([]Evidence{at(d, line, 0, note)}, "%s %s; a guide to weak points and counter-measures of a deployment is missing", d.label(),
			fmt.Sprintf(format, args...))
		return &f
	}
	if isSample(d.Path) {
		number := 0
		for line := range strings.Lines(d.Content()) {
			if number++; warnings.MatchString(line) {
				return found(number, "an annotated option", "annotates an option"), true
			}
		}
		return nil, false
	}
	for i := range doc.Blocks {
		b := &doc.Blocks[i]
		switch b.Kind {
		case document.Heading:
			if f == nil && protection.MatchString(b.Text) && !watched.MatchString(b.Text) && len(strings.Fields(b.Text)) <= 5 {
				f = found(b.Line, "a measure", "describes one measure under \"%s\"", short(b.Text))
			}
		case document.Quote:
		case document.Code:
			for _, s := range b.Sentences() {
				if f == nil && strings.HasPrefix(s.Text, "# ") && warnings.MatchString(s.Text) {
					f = found(s.Line, "a warning", "gives a warning in a comment")
				}
			}
		default:
			for _, s := range b.Sentences() {
				if warnings.MatchString(offline.ReplaceAllString(s.Text, "")) && !document.HasWords(s.Text, "virtual environment*", "virtualenv*", "venv") && !asksForReports(doc.Under(b.Section)) {
					return found(s.Line, "a warning", "gives a warning"), true
				}
			}
		}
	}
	return f, false
}

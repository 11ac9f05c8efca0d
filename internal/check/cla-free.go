package check

import (
	"path"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

// agreementFiles are texts of an agreement or the configuration of a bot that demands one.
var agreementFiles = []string{
	"{,.github/,docs/,legal/}cla", "{,.github/,docs/,legal/}cla.*", "{,.github/,docs/,legal/}icla*", "{,.github/,docs/,legal/}ccla*",
	"{,.github/,docs/,legal/}*[-_]cla.*",
	"{,.github/,docs/,legal/}cla/*", "**/*contribut*agreement*", "**/*copyright*assignment*", ".clabot", ".cla.json", ".github/.cla*", ".cla-assistant*",
}

var claFree = &Check{
	ID:      "cla-free",
	Name:    "No contributor licence agreement",
	Short:   "no contributor licence agreement",
	Asks:    "Can one contribute without signing rights away?",
	Clause:  practice.Copyright,
	Why:     "An agreement that signs rights away lets a project turn proprietary.",
	Fix:     "Drop the contributor licence agreement; a Developer Certificate of Origin does.",
	Met:     "No agreement is demanded; a certificate of origin is fine.",
	Partial: "One-sided terms without a signature.",
	Unmet:   "A contributor licence agreement is demanded.",

	Needs: repo.Files,
	Reads: append(slices.Clip(agreementFiles),
		"{,.github/,.gitlab/,docs/,doc/}{contributing,contribute,hacking,governance}*", "**/contributing.{md,rst,txt,adoc}", "{,.github/,docs/}contribution*.{md,rst,txt,adoc}",
		"docs/**/{contribut*,develop*}.{md,rst,txt,adoc}",
		"readme*", "{,.github/}{pull_request_template*,pull_request_template/*}", "{contributors,authors,maintainers,dco,copying,copyright}{,.*}",
		"{licen[cs]e,notice}{,.*}", ".github/workflows/*.y*ml", ".gitlab-ci.yml", "{,.github/}labels.{yml,yaml,json}"),
	Judge: judgeClaFree,
}

var (
	// agreement names a contributor licence agreement; the abbreviation counts in capitals only.
	agreement = `(?:\bCLAs?\b|\b(?i:(?:contributors?|contribution)(?:'s|s')? (?:licen[cs](?:e|ing) )?(?:and feedback )?agreements?)` +
		`|\b(?i:copyright (?:assignment|transfer) (?:agreement|form|is|must)))`
	// freeForm says that there is no agreement: "CLA free", "we do not require a CLA", "no CLA".
	freeForm = pattern.New(`(?i)\bcla[- ]free\b|\b(?:no|without(?: an?)?|not? (?:need|require|ask|have|demand|sign|use)[^.]{0,40}` +
		`|don't (?:need|require|ask|have|demand|sign|use)[^.]{0,40}|never [^.]{0,40}) (?:an? )?(?:\bcla\b|contributors?(?: licen[cs]e)? agreement` +
		`|copyright assignment)`)
	// demandForm is a demand near the agreement: one has to sign, accept or have agreed.
	demandForm = pattern.New(`(?i)\bsign|\bagree|\baccept|\bmust\b|\brequire|\bneed|\bbefore (?:we|your|you|it)|\bfill(?:ed)? (?:in|out)` +
		`|\bcomplete[ds]?\b|\bsubmit|\bconsent`)
	// agreementIn finds an agreement in a text.
	agreementIn = pattern.New(agreement)
	// othersForm speaks of other projects' agreements, as the notice of the Apache foundation does.
	othersForm = pattern.New(`(?i)under one or more contributor licen[cs]e agreements|separate licen[cs]e agreement|any separate`)
	// assignForm signs the rights away without naming an agreement.
	assignForm = pattern.New(`(?i)\b(?:you|contributors?) (?:hereby |must |have to |need to |agree to |will )?(?:assign` +
		`|transfer)s? (?:the |your |their |all )?(?:rights|copyrights?)` +
		`|\bcopyrights? (?:of|in|to) (?:your |the |all |any )?contributions? (?:is|are|must be|will be) (?:assigned|transferred)`)
	// oneSided lets the owner alone change the terms.
	oneSided = pattern.New(`(?i)\b(?:contributions?|contributed code|patches|pull requests?` +
		`|your (?:code|work|changes))\b[^.]{0,120}\b(?:may|can|might|will) (?:also )?be (?:re-?licen[cs]ed|dual[- ]licen[cs]ed|sub-?licen[cs]ed)|` +
		`\b(?:right|permission|permit us|allow us)\b[^.]{0,40} to (?:\w+,? (?:and |or )?){0,4}(?:re-?licen[cs]e|change the licen[cs]e)|` +
		`\byou (?:hereby )?grant\b[^.]{0,160}\b(?:irrevocable|perpetual|unlimited)\b` +
		`|\bunder (?:any|other|different|another) licen[cs]es? (?:we|as we|that we|at our)`)
	// claService matches names and addresses of services with which agreements are signed.
	claService = pattern.New(`(?i)cla-assistant|cla\.developers\.google\.com|developers\.google\.com/open-source/cla|easycla|cla-bot` +
		`|clabot|cla\.js\.foundation|cla\.opensource\.|contributor-assistant|apache\.org/licenses/(?:i|c)?cla|contributors?-licen[cs]e-agreement`)
)

// claLabel is what a label for changes says of an agreement: "cla: yes", "CLA signature required".
var claLabel = pattern.New(`(?i)\bcla\b[ :/_-]*(?:yes|no|pending|required|needed|missing|unsigned|signed|not[ -]signed|signature)\b`)

// claOwners demand an agreement for all of their repositories through a bot of the organisation, which leaves no trace in a tree.
var claOwners = []string{
	"google", "google-deepmind", "googleapis", "googlechrome", "googlecloudplatform", "bazelbuild", "chronicle", "tensorflow", "virustotal",
	"microsoft", "azure", "azure-samples", "dotnet", "facebook", "facebookincubator", "facebookresearch", "canonical", "cloudflare", "elastic",
	"grafana", "hashicorp", "kubernetes", "mongodb", "oisf", "openssl", "palantir", "salesforce", "shopify", "splunk",
}

func judgeClaFree(v *View) Finding {
	var free, weak *Finding
	for _, d := range v.Docs {
		if slices.Contains(v.Matching(agreementFiles...), d) {
			if strings.TrimSpace(d.Content()) != "" && !freeForm.MatchString(d.Content()) {
				return unmet([]Evidence{titled(d, "agreement")}, "%s is an agreement that contributors have to sign", d.Place())
			}
			continue
		}
		if strings.HasPrefix(path.Base(strings.ToLower(d.Path)), "labels.") {
			if m := claLabel.FindString(d.Content()); m != "" {
				return unmet([]Evidence{at(d, lineOf(d, m), 0, "label")}, "%s has labels for who has signed an agreement", d.Place())
			}
			continue
		}
		ci := strings.HasSuffix(d.Path, ".yml") || strings.HasSuffix(d.Path, ".yaml")
		if ci {
			if m := claService.FindString(d.Content()); m != "" {
				return unmet([]Evidence{at(d, lineOf(d, m), 0, "bot")}, "a workflow asks contributors to sign an agreement")
			}
			continue
		}
		license := strings.HasPrefix(strings.ToLower(path.Base(d.Path)), "licen") || strings.HasPrefix(strings.ToLower(path.Base(d.Path)), "copying")
		for _, p := range passages(d) {
			switch {
			case !p.service && !speaksOfRights(p.text):
			case freeForm.MatchString(p.text):
				if free == nil {
					f := met([]Evidence{at(d, p.line, p.end, "says so")}, "%s says that no contributor licence agreement is needed", d.Place())
					free = &f
				}
			case license && (takesOtherwise(d, p) || offeredForm.MatchString(unboxed.ReplaceAllString(p.text, " "))):
				if weak == nil {
					f := partial([]Evidence{at(d, p.line, p.end, "one-sided terms")}, "%s takes contributions under other terms than it gives, without a signature", d.Place())
					weak = &f
				}
			case license: // the text of a licence speaks of agreements and grants of its own
			case othersForm.MatchString(p.text):
			case agreementIn.MatchString(p.text) && demandForm.MatchString(p.text), p.service:
				return unmet([]Evidence{at(d, p.demandedAt(d), p.end, "demand")}, "%s demands a contributor licence agreement", d.Place())
			case assignForm.MatchString(p.text):
				return unmet([]Evidence{at(d, p.line, p.end, "demand")}, "%s demands that contributors assign their copyright", d.Place())
			case oneSided.MatchString(p.text) && weak == nil:
				f := partial([]Evidence{at(d, p.line, p.end, "one-sided terms")}, "%s lets the owner alone relicense contributions, without a signature", d.Place())
				weak = &f
			}
		}
	}
	switch owner, _, _ := strings.Cut(strings.ToLower(v.Name), "/"); {
	case free != nil:
		return *free
	case weak != nil:
		return *weak
	case slices.Contains(claOwners, owner):
		return unknown("the owner is known to ask for an agreement through a bot, and the tree has no word on it")
	}
	return met(claEvidence(v), "no contributor licence agreement is asked for in the contribution guide, templates or workflows")
}

// takesForm is a term by which whoever contributes gives the contribution under some licence.
var takesForm = pattern.New(`(?i)\bcontribut\w*\b[^.]*\byou (?:hereby )?agree to (?:contribute|licen[cs]e|provide|submit)\b[^.]*\bunder\b`)

// offeredForm is a term by which whoever sends a change lets the owner relicense it; unboxed are the marks of a comment around text.
var (
	offeredForm = pattern.New(`(?i)\b(?:send|submit|contribut)\w*\b[^.]{0,160}\boffering\b[^.]{0,80}\bright to\b[^.]{0,40}\brelicen[cs]e\b`)
	unboxed     = pattern.New(`[\s*]+`)
)

// takesOtherwise reports whether a passage of a licence takes contributions under another licence than those that the rest gives.
func takesOtherwise(d *Doc, p passage) bool {
	if !takesForm.MatchString(p.text) {
		return false
	}
	lines := strings.Split(d.Content(), "\n")
	rest := strings.Join(slices.Concat(lines[:p.line-1], lines[p.end:]), "\n")
	text := readLicenseText(rest)
	given := text.ids()
	for _, m := range namedLicenses(rest[:min(len(rest), maxLicenseText)]) {
		given = append(given, m.id)
	}
	return slices.ContainsFunc(namedLicenses(p.text), func(m mention) bool { return !slices.Contains(given, m.id) })
}

// speaksOfRights passes most passages over at once: one on an agreement or on rights has one of these words.
func speaksOfRights(text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc([]string{"cla", "agreement", "copyright", "licen", "right", "grant"},
		func(word string) bool { return strings.Contains(text, word) })
}

// claEvidence names what was read in vain: that there is no demand is the good news here.
func claEvidence(v *View) []Evidence {
	evidence := v.read()
	for i := range evidence {
		if evidence[i].Path != "" {
			evidence[i].Note = "asks for no agreement"
		}
	}
	return evidence
}

// passage is a stretch of text that is read in one go.
type passage struct {
	text      string
	line, end int
	service   bool // it links to a service that collects agreements
}

// demandedAt returns the line of a passage that names the agreement, its first line if the name is broken over two or in a link.
func (p *passage) demandedAt(d *Doc) int {
	lines := strings.Split(d.Content(), "\n")
	for n := p.line; n <= min(p.end, len(lines)); n++ {
		if agreementIn.MatchString(lines[n-1]) {
			return n
		}
	}
	return p.line
}

// passages returns the blocks of a document. In plain text, whose lines may be comments, what stands on adjacent lines is one.
func passages(d *Doc) []passage {
	doc := d.Document()
	plain := doc.Format == document.Text || path.Ext(d.Place()) == ""
	var out []passage
	for i := range doc.Blocks {
		b := &doc.Blocks[i]
		if b.Kind == document.Code && !plain || inContents(b) {
			continue
		}
		p := passage{text: strings.TrimSpace(strings.TrimLeft(b.Text, "#*/ ")), line: b.Line, end: b.End}
		for _, l := range b.Links {
			if l.Image {
				p.text += " " + l.Text
			}
			p.service = p.service || claService.MatchString(l.Target)
		}
		if n := len(out); plain && n > 0 && out[n-1].end+1 == b.Line {
			out[n-1].text += " " + p.text
			out[n-1].end = b.End
			out[n-1].service = out[n-1].service || p.service
			continue
		}
		out = append(out, p)
	}
	return out
}

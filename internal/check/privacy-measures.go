package check

import (
	"path"
	"regexp"
	"strings"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

var privacyMeasures = &Check{
	ID:      "privacy-measures",
	Name:    "Privacy measures",
	Short:   "privacy measures",
	Asks:    "Are there functions that improve privacy?",
	Clause:  practice.PrivacyFunctions,
	Why:     "Incident data are full of personal data; a tool should help to keep them few.",
	Fix:     "Offer and document functions that anonymise, delete or expire personal data, or that limit their sharing.",
	Met:     "At least two of anonymisation, deletion, retention, minimisation, limits on sharing.",
	Partial: "Access control or one small function only.",
	Unmet:   "No such function is documented.",

	Needs: repo.Files,
	Reads: []string{
		privacyPages, "{,.github/,docs/,doc/}readme*", "{requirements,features}.{md,rst,adoc}",
		"{config,conf,configs,etc}/*.{sample,example,dist,default}",
		handbook, "**/readme*.{md,rst,adoc}",
	},
	Lists: []string{everything},
	Judge: judgePrivacyMeasures,
}

// measures are the functions that improve privacy, told by a sentence or by the name of a source file.
var measures = []struct {
	name   string
	lesser bool // it keeps strangers out, which serves more than privacy, or it is small
	text   *regexp.Regexp
	file   *regexp.Regexp
}{
	{"anonymisation", false,
		regexp.MustCompile(`(?i)(^|[^a-z-])(anonymi[sz]|pseudonymi[sz])(e|es|ed|er|ing|ation)(_as)?\b|\bpseudo-?anonymous\b|_anonymi[sz]e`),
		regexp.MustCompile(`(^|[_/])(anonymi[sz]|pseudonymi[sz])`)},
	{"deletion or retention", false,
		regexp.MustCompile(`(?i)\bdata retention\b|\bretention (period|polic(y|ies)|time|rules?)\b|\bautomatic(ally)? (delet|remov|purg|expir)\w*\b[^.]{0,40}\b(data|events?|records?|captures?|cases?|accounts?|users?|after|older)\b|\b(delet|remov|purg)(e|es|ed|ing)\b[^.]{0,30}\bolder than\b|\bright to (be forgotten|erasure)\b`),
		regexp.MustCompile(`(^|[_/])(data_retention|retention|gdpr)(_|/|$)`)},
	{"limits on sharing", false,
		regexp.MustCompile("(?i)\\bsharing groups?\\b|\\bdistribution levels?\\b|\\baccess zones?\\b|\\bmax(imum)?[_ ](tlp|pap)\\b|\\brestrict\\w*\\b[^.]{0,30}\\b(sharing|distribution|TLP)\\b|\\bwith the `?restriction`?\\b"),
		regexp.MustCompile(`(^|[_/])sharing_groups?(_|/|$)`)},
	{"minimisation", false,
		regexp.MustCompile(`(?i)\bdata minimi[sz]ation\b|\blimits?\b[^.]{0,10}\bsensitive\b[^.]{0,15}\b(quer|search|lookup)|\b(redact|mask|strip)(s|ed|ing)?\b[^.]{0,30}\b(personal|PII|credentials|passwords|e-?mail addresses|sensitive)\b`),
		regexp.MustCompile(`(^|[_/])(redact|redaction|redactor)(_|/|$)`)},
	{"notices on personal data", false,
		regexp.MustCompile(`(?i)\bnotice ?lists?\b[^.]{0,60}\b(privacy|GDPR)\b`),
		regexp.MustCompile(`(^|/)noticelists?(/|$)`)},
	{"access control", true,
		regexp.MustCompile(`(?i)\brole[- ]based access\b|\bRBAC\b|\bmulti-?tenan|\baccess control\b|\b(user|group|fine-grained) permissions\b`),
		regexp.MustCompile(`(^|[_/])(access_control|acls?|rbac|permissions?|roles?)(_|/|$)|^models?/users?$`)},
	{"encrypted messages", true,
		regexp.MustCompile(`(?i)\bencrypt\w*\b[^.]{0,40}\b(e-?mails?|notifications?|PGP)\b|\b(e-?mails?|notifications?)\b[^.]{0,40}\bencrypt`),
		nil},
	{"hidden or private entries", true,
		regexp.MustCompile(`(?i)\b(hidden|private|unlisted) (captures?|submissions?|scans?|events?|cases?|entries|reports?|mode)\b|\banonymous (disclosure|reporting|submission)`),
		nil},
}

func judgePrivacyMeasures(v *View) Finding {
	if v.isCollection() {
		return notApplicable("a collection of data without a program, it processes no data")
	}
	var full, lesser []string
	var evidence []Evidence
	for _, m := range measures {
		e := measureFile(v, m.file)
		if e == nil {
			e = measureText(v, m.text)
		}
		if e == nil {
			continue
		}
		e.Note = m.name
		evidence = append(evidence, *e)
		if m.lesser {
			lesser = append(lesser, m.name)
		} else {
			full = append(full, m.name)
		}
	}
	switch {
	case len(full) > 1:
		return met(evidence, "%s", enumerate(full))
	case len(full)+len(lesser) > 0:
		return partial(evidence, "%s, but not two functions aimed at privacy", enumerate(append(full, lesser...)))
	}
	return unmet(nil, "no function that improves privacy is described")
}

// notMeasure is a sentence that asks something of people, or that speaks of data for tests.
var notMeasure = regexp.MustCompile(`(?i)\bplease\b|\b(example|sample|test) data\b|\bTODO\b|\bnot (yet )?(implemented|supported|available)\b`)

// measureLeast is how many words say something about a function; fewer are the name of a parameter.
const measureLeast = 5

func measureText(v *View, text *regexp.Regexp) *Evidence {
	for _, d := range v.Docs {
		if isPart(d.Path) || isChangelog(d.Path) {
			continue
		}
		for _, b := range d.Document().Blocks {
			if b.Kind == document.Heading || len(strings.Fields(b.Text)) < measureLeast || !text.MatchString(b.Text) {
				continue
			}
			for _, s := range b.Sentences() {
				if hit := text.FindStringIndex(s.Text); hit != nil && !notMeasure.MatchString(s.Text) {
					line := b.LineAt(strings.Index(b.Text, s.Text) + hit[0])
					e := at(d, line, line, "")
					return &e
				}
			}
		}
	}
	return nil
}

func measureFile(v *View, name *regexp.Regexp) *Evidence {
	if name == nil {
		return nil
	}
	for _, p := range v.Listed {
		ext := path.Ext(p)
		if !programSuffixes[strings.ToLower(ext)] || isPart(p) || isMigration(p) {
			continue
		}
		folder, base := path.Base(path.Dir(p)), strings.TrimSuffix(path.Base(p), ext)
		if name.MatchString(snake(folder) + "/" + snake(base)) {
			e := named(p, "")
			return &e
		}
	}
	return nil
}

// isMigration tells the steps by which a database is brought to a new layout: what they create may be gone again.
func isMigration(p string) bool {
	lower := strings.ToLower(p)
	return strings.Contains(lower, "migration") || strings.Contains(lower, "alembic/")
}

var humps = regexp.MustCompile(`([a-z0-9])([A-Z])`)

// snake writes a name of code in lower case with underscores: "SharingGroup" and "sharing-group" become "sharing_group".
func snake(name string) string {
	return strings.ToLower(strings.NewReplacer("-", "_", ".", "_", " ", "_").Replace(humps.ReplaceAllString(name, "${1}_${2}")))
}

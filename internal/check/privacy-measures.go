package check

import (
	"path"
	"strings"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/pattern"
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

// locally is a sentence which says that what users put in stays with them.
var locally = pattern.New(`(?i)\b(no|none|never|not|nothing)\b[^.]{0,90}\b(sent|uploaded` +
	`|transmitted)\b[^.]{0,15}\bto\b[^.]{0,40}\b(servers?|third part(y|ies)|cloud|internet|service|anyone)\b|` +
	`\b(data|inputs?|files?|documents?|samples?|quer(y|ies)|information)\b[^.]{0,30}\b(never|not)\b[^.]{0,15}\bleaves? (your|the user's` +
	`|the local) (browser|computer|machine|device|network|infrastructure|organi[sz]ation)\b|` +
	`\ball\b[^.]{0,30}\bprocess(ing|ed)\b[^.]{0,40}\b(within|in|inside) your (own )?browser\b|` + keptLookups)

// measures are the functions that improve privacy, told by a sentence or by words in the name of a source file. A lesser one
// keeps strangers out, which serves more than privacy, or is small.
var measures = []struct {
	name   string
	lesser bool
	files  []string // as sourceNames has them
	text   *pattern.Pattern
}{
	{
		"anonymisation", false,
		strings.Fields("anonymizer anonymiser anonymize anonymise anonymization anonymisation anonymizers pseudonymize pseudonymise pseudonymizer " +
			"pseudonymization pseudonymisation"),
		pattern.New(`(?i)(^|[^a-z-])(anonymi[sz]|pseudonymi[sz])(e|es|ed|er|ing|ation)(_as)?\b|\bpseudo-?anonymous\b|_anonymi[sz]e`),
	},
	{
		"deletion or retention", false,
		strings.Fields("retention dataretention gdpr"),
		pattern.New(`(?i)\bdata retention\b|\b(data|logs?|indices|events?|records?|captures?|results?)\b[^.]{0,30}\b(is|are` +
			`|be)\b[^.]{0,20}\b(kept|persisted|retained|stored)\b[^.]{0,30}\bfor \d+ (days?|weeks?|months?)\b|` +
			`\b(keeps?|retains?|persists?|stores?)\b[^.]{0,15}\b(data|logs?|indices|events|records|captures|results)\b[^.]{0,15}\bfor \d+ (days?|weeks?|months?)\b|` +
			`\bretention (period|polic(y|ies)|time|rules?)\b|\bautomatic(ally)? (delet|remov|purg|expir)\w*\b[^.]{0,40}\b(data|events?|records?` +
			`|captures?|cases?|accounts?|users?|after|older)\b|` +
			`\b(deleted|removed|purged|erased)\b \d+ (days?|weeks?|months?|hours?) after\b|` +
			`\b(delet|remov|purg)(e|es|ed|ing)\b[^.]{0,40}\bolder than\b|\bright to (be forgotten|erasure)\b|` +
			`\bafter\b[^.]{0,30}\b(expir\w*|\d+ (days?|weeks?|months?|hours?))\b[^.]{0,40}\b(data|quer(y|ies)|records?|events?|accounts?|captures?` +
			`|submissions?|samples?|uploads?|searches|cases?|jobs?)\b[^.]{0,40}\b(is|are|be|gets?)( automatically)? (removed|deleted|purged|erased)\b|` +
			`\b(data|quer(y|ies)|records?|events?|accounts?|captures?|submissions?|samples?|uploads?|searches|cases?|jobs?)\b[^.]{0,40}\b(is|are|be` +
			`|gets?)( automatically)? (removed|deleted|purged|erased|expired?) after\b[^.]{0,20}\b(days?|weeks?|months?|hours?|time|period|expir\w*)\b`),
	},
	{
		"limits on sharing", false,
		strings.Fields("sharinggroup sharinggroups tlp datamarking datamarkings markings"),
		pattern.New("(?i)\\bsharing groups?\\b|\\bdistribution levels?\\b|\\baccess zones?\\b|\\bmax(imum)?[_ ](tlp|pap)\\b|\\brestrict\\w*\\b[^.]{0,30}\\b(sharing|distribution|TLP)\\b|\\bwith the `?restriction`?\\b" +
			"|\\bshar(e|es|ed|ing)\\b[^.]{0,40}\\bwith (private|selected|specific|chosen|trusted|certain) (\\w+ )?(groups?|people|users?|teams?|organi[sz]ations?|communit(y|ies))\\b" +
			"|\\bTLP\\b[^.]{0,60}\\b(filter|limit|restrict|allow|prevent|visib|hid(e|d)|shar(e|ing))|\\b(filter|limit|restrict|visib|shar(e|ing))\\w*\\b[^.]{0,60}\\bTLP\\b"),
	},
	{
		"minimisation", false,
		strings.Fields("redact redaction redactor"),
		pattern.New(`(?i)\bdata minimi[sz]ation\b|\blimits?\b[^.]{0,10}\bsensitive\b[^.]{0,15}\b(quer|search|lookup)` +
			`|\b(redact|mask|strip)(s|ed|ing)?\b[^.]{0,30}\b(personal|PII|credentials|passwords|e-?mail addresses|sensitive)\b` +
			`|\b(personal|PII|sensitive|credentials|passwords)\b[^.]{0,60}\b(is|are|be|gets?) (\w+ )?(redacted|masked|stripped out|scrubbed)\b` +
			`|\bnothing\b[^.]{0,10}\b(saved|stored|kept|persisted|logged)\b[^.]{0,20}\bservers?\b`),
	},
	{
		"notices on personal data", false,
		strings.Fields("noticelist noticelists"),
		pattern.New(`(?i)\bnotice ?lists?\b[^.]{0,60}\b(privacy|GDPR)\b`),
	},
	{
		"access control", true,
		strings.Fields("accesscontrol acls models/acl aclcomponent rbac permission permissions role roles models/user models/users model/user"),
		pattern.New(`(?i)\brole[- ]based access\b|\bRBAC\b|\bmulti-?tenancy|\baccess control\b|(^|[^/\w])(user|group|fine-grained) permissions\b`),
	},
	{
		"encrypted messages", true, nil,
		pattern.New(`(?i)\bencrypt\w*\b[^.]{0,40}\b(e-?mails?|notifications?|PGP)\b|\b(e-?mails?|notifications?)\b[^.]{0,40}\bencrypt`),
	},
	{
		"processing that keeps the data where they are", true, nil, locally,
	},
	{
		"hidden or private entries", true, nil,
		pattern.New(`(?i)\b(hidden|private|unlisted) (captures?|submissions?|scans?|events?|cases?|entries|reports?|mode)\b` +
			`|\banonymous (disclosure|reporting|submission)`),
	},
}

func judgePrivacyMeasures(v *View) Finding {
	if v.isCollection() {
		return notApplicable("a collection of data, not a program, processes nothing")
	}
	var full, lesser []string
	var evidence []Evidence
	sources := v.sourceNames(false)
	for _, m := range measures {
		if m.lesser && len(full) > 0 {
			continue // it would add nothing to the verdict
		}
		e := measure(v, sources, m.files, m.text)
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
		return met(evidence, "there are functions for %s", enumerate(full))
	case len(full) > 0:
		return partial(evidence, "one function is aimed at privacy (%s), a second one is missing", full[0])
	case len(lesser) > 0:
		return partial(evidence, "functions aimed at privacy are missing, there are only lesser ones (%s)", enumerate(lesser))
	}
	return unmet(nil, "no function that improves privacy is described")
}

// notMeasure is a sentence that asks something of people, or that speaks of data for tests.
var notMeasure = pattern.New(`(?i)\bplease\b|\b(consider|should)\b|\b(example|sample|test) data\b|\bTODO\b` +
	`|\bnot (yet )?(implemented|supported|available)\b|\bretention (needs|requirements)\b|\bbackups? with retention\b` +
	`|\bdetect\w* (unauthori[sz]ed|malicious|suspicious)\b` +
	`|\b(does|do|did|is|are|will|can)(n't| not) (\w+ )?(redact|mask|strip|anonymi[sz]|pseudonymi[sz]|delet|remov|purg)` +
	`|\bbefore (filing|opening|posting|submitting|attaching|reporting)\b|\baccess control entr(y|ies)\b|\b\d{4,} ?[-–] ?\d{4,}\b`)

// emphasis asks nothing of anybody, though it has such a word.
var emphasis = pattern.New(`(?i)\bshould be (noted|mentioned)\b|\bplease note\b`)

// measureLeast is how many words say something about a function; fewer are the name of a parameter.
const measureLeast = 5

// A program in C that is named after permissions or access lists is more often about those of files than about its own users,
// and any that names files beside them is.
var (
	// inC matches the names of sources in C and its kin.
	inC = pattern.New(`(?i)\.(?:c|h|cc|cpp|cxx|hpp|mm|m)$|(?:unix|posix|file|directory)[-_]?(?:permission|acl)`)
	// rightsName are the names that mean the rights of files as often as those of users.
	rightsName = pattern.New(`^(?:permissions?|acls|roles?)$`)
)

// measure finds a function by the name of a source file, else by a sentence.
func measure(v *View, sources map[string]string, files []string, text *pattern.Pattern) *Evidence {
	for _, word := range files {
		if p, ok := sources[word]; ok && !(inC.MatchString(p) && rightsName.MatchString(word)) {
			e := named(p, "")
			return &e
		}
	}
	return v.sentence(text, func(d *Doc, b *document.Block, s string) bool {
		return !isPart(d.Path) && !policyName.MatchString(strings.ToLower(path.Base(d.Path))) && len(strings.Fields(b.Text)) >= measureLeast &&
			!notMeasure.MatchString(emphasis.ReplaceAllString(s, ""))
	})
}

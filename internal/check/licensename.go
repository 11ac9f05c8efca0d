package check

import (
	"misp-csirt-tooling/internal/pattern"
	"slices"
	"strings"
)

// mention is a licence that a text names.
type mention struct {
	id         string // SPDX identifier as far as the text tells: AGPL-3.0, or AGPL and BSD where no version is said
	start, end int
}

// name is a way in which people write a licence's name. The identifier may take up the groups of the expression.
type name struct {
	form *pattern.Pattern
	id   func(groups []string) string
}

func fixed(id string) func([]string) string { return func([]string) string { return id } }

func versioned(family string) func([]string) string {
	return func(g []string) string {
		for _, v := range g[1:] {
			if v != "" {
				return family + "-" + v
			}
		}
		return family
	}
}

// names are tried in this order, and what one has read the next does not see.
var names = []name{
	{pattern.New(`(?i)\bserver[ -]side public licen[sc]e\b|\bSSPL\b`), fixed("SSPL-1.0")},
	{pattern.New(`(?i)\bbusiness source licen[sc]e\b|\bBUSL\b`), fixed("BUSL-1.1")},
	{pattern.New(`(?i)\bfunctional source licen[sc]e\b`), fixed("LicenseRef-FSL")},
	{pattern.New(`(?i)\belastic licen[sc]e\b`), fixed("Elastic-2.0")},
	{pattern.New(`(?i)\bdetection rule licen[sc]e\b(?: \(DRL\))?(?: v?(1\.[01]))?|\bDRL[ -]v?(1\.[01])`), versioned("DRL")},
	{pattern.New(`(?i)\bpolyform[ -](noncommercial|small business|shield|internal use|strict)`), fixed("LicenseRef-PolyForm")},
	{pattern.New(`(?i)\bconfluent community licen[sc]e\b|\bcommunity licen[sc]e agreement\b`), fixed("LicenseRef-Community")},
	{pattern.New(`(?i)\b(?:enterprise(?: edition)?|EE|proprietary|commercial) licen[sc]e\b`), fixed("LicenseRef-Proprietary")},
	{gnuName, gnuID},
	{pattern.New(`(?i)\bapache(?: software)?(?: foundation)?(?:,? licen[sc]e)?[\s,]*(?:\(?version|v|-)?[\s.]*2(?:\.0)?\b` +
		`|\b(?:apl|asl)[ -]?v?2(?:\.0)?\b`), fixed("Apache-2.0")},
	{pattern.New(`(?i)\bapache(?: software)? licen[sc]e\b`), fixed("Apache")},
	{pattern.New(`(?i)\b(?:modified|new|revised|(?:3|three)[ -]clause)[ -]bsd\b|\bbsd[ -]*(?:3|three)(?:[ -]*clause)?\b` +
		`|\bbsd licen[sc]e \(?(?:3|three)[ -]clause`), fixed("BSD-3-Clause")},
	{pattern.New(`(?i)\b(?:simplified|(?:2|two)[ -]clause|freebsd)[ -](?:bsd|licen[sc]e)\b|\bbsd[ -]*(?:2|two)(?:[ -]*clause)?\b`), fixed("BSD-2-Clause")},
	{pattern.New(`\b0BSD\b`), fixed("0BSD")},
	{pattern.New(`\bBSD\b|\bbsd licen[sc]e`), fixed("BSD")},
	{pattern.New(`\bMIT\b|(?i)\bexpat licen[sc]e\b`), fixed("MIT")},
	{pattern.New(`(?i)\b(?:mozilla public licen[sc]e|MPL)[\s,-]*(?:version|v)?[\s.]*([12]\.[01])?`), versioned("MPL")},
	{pattern.New(`(?i)\b(?:european union public licen[sc]e|EUPL)(?:\s*\(EUPL\))?[\s,-]*(?:version|v)?[\s.]*(1\.[012])?`), versioned("EUPL")},
	{pattern.New(`(?i)\b(?:eclipse public licen[sc]e|EPL)[\s,-]*(?:version|v)?[\s.]*([12]\.0)`), versioned("EPL")},
	{pattern.New(`(?i)\bboost software licen[sc]e\b|\bBSL-1\.0\b`), fixed("BSL-1.0")},
	{pattern.New(`(?i)\bISC(?: licen[sc]e|L\b)|\bISC$`), fixed("ISC")},
	{pattern.New(`(?i)\b(?:the )?unlicen[sc]e\b`), fixed("Unlicense")},
	{pattern.New(`\bWTFPL\b`), fixed("WTFPL")},
	{pattern.New(`(?i)\bzlib licen[sc]e\b`), fixed("Zlib")},
	{pattern.New(`(?i)\bartistic licen[sc]e(?:[\s,-]*(?:version|v)?[\s.]*([12]\.0))?`), versioned("Artistic")},
	{pattern.New(`(?i)\bCC[ -]?0\b(?:[ -]1\.0)?|\bcreative commons zero\b`), fixed("CC0-1.0")},
	{pattern.New(`(?i)\b(?:cc[ -]by|creative commons attribution)((?:[ -](?:nc|nd|sa|non-?commercial|no-?deriv\w*|share-?alike))*)[ -]?(?:version ` +
		`|v)?(\d\.\d)?`), ccID},
	{pattern.New(`(?i)\bsil open font licen[sc]e\b|\bOFL-1\.1\b`), fixed("OFL-1.1")},
	{pattern.New(`(?i)\bpublic domain\b`), fixed("LicenseRef-public-domain")},
}

// gnuName matches the names of the GNU licences in prose and captures family, version and "or later".
var gnuName = pattern.New(`(?i)(?:version\s+([123](?:\.[01])?)\s+(only\s+)?of\s+the\s+)?` +
	`(?:gnu\s+)?(?:\b(a|l)?gpl|\b(affero|lesser|library)?\s*(?:gnu\s+)?general\s+public\s+licen[sc]e|\b(affero)\s+public\s+licen[sc]e)` +
	`(?:\s*\(?[al]?gpl\)?)?(?:\s+as\s+published\s+by\s+the\s+free\s+software\s+foundation)?[\s,_-]*(?:either\s+)?` +
	`(?:[\s(_-]*(?:(?:versions?|ver\.?|v|>=|≥)[\s._]*)*([123](?:\.[01])?)(?:\.0)?)?` +
	`(?:\s+of\s+the\s+licen[sc]e)?(?:\s+as\s+published\s+by\s+the\s+free\s+software\s+foundation)?` +
	`([\s,(-]*(?:\+|or[\s-]+(?:\(?at\s+your\s+option\)?[\s,]*)?(?:any\s+)?(?:later|newer|higher)|only\b))?`)

func gnuID(g []string) string {
	family := "GPL"
	switch strings.ToLower(g[3] + g[4] + g[5]) {
	case "a", "affero":
		family = "AGPL"
	case "l", "lesser", "library":
		family = "LGPL"
	}
	version := g[6]
	if version == "" {
		version = g[1]
	}
	if version == "" {
		return family
	}
	if !strings.Contains(version, ".") {
		version += ".0"
	}
	id := family + "-" + version
	switch {
	case strings.Contains(strings.ToLower(g[7]), "only") || g[2] != "":
		return id + "-only"
	case g[7] != "":
		return id + "-or-later"
	}
	return id
}

func ccID(g []string) string {
	id := "CC-BY"
	terms := strings.ToLower(g[1])
	for _, t := range []struct{ short, long, id string }{{"nc", "comm", "-NC"}, {"nd", "deriv", "-ND"}, {"sa", "share", "-SA"}} {
		if strings.Contains(terms, t.short) || strings.Contains(terms, t.long) {
			id += t.id
		}
	}
	if g[2] != "" {
		id += "-" + g[2]
	}
	return id
}

// spdxToken is a word that may be an identifier of the SPDX list: a short name without a digit would be an ordinary word too often.
var spdxToken = pattern.New(`[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9.]+)*-\d[A-Za-z0-9.]*(?:-[A-Za-z0-9.]+)*\+?`)

// maxTokens is how many words of a text are looked up in the SPDX list at most.
const maxTokens = 200

// namedLicenses returns the licences that a text names, in its order.
func namedLicenses(text string) []mention {
	var found []mention
	rest := []byte(text)
	take := func(id string, start, end int) {
		found = append(found, mention{id, start, end})
		for i := start; i < end; i++ {
			rest[i] = ' '
		}
	}
	for _, m := range spdxToken.FindAllStringIndex(text, maxTokens) {
		token := strings.TrimRight(text[m[0]:m[1]], ".")
		if ids := expressionIDs(token); len(ids) == 1 && !strings.HasPrefix(token, "LicenseRef") {
			take(canonical(token), m[0], m[0]+len(token))
		}
	}
	for _, n := range names {
		for _, m := range n.form.FindAllSubmatchIndex(rest, -1) {
			groups := make([]string, len(m)/2)
			for i := range groups {
				if m[2*i] >= 0 {
					groups[i] = string(rest[m[2*i]:m[2*i+1]])
				}
			}
			take(n.id(groups), m[0], m[1])
		}
	}
	slices.SortStableFunc(found, func(a, b mention) int { return a.start - b.start })
	return found
}

package check

import (
	"slices"
	"strings"
	"sync"

	"github.com/google/licensecheck"
)

// scannedLicenses are the licences whose text is recognised: what tools of this field are published under, and what is
// mistaken for it.
const scannedLicenses = `0BSD AFL-3.0 AGPL-1.0 AGPL-3.0 AGPL-3.0-only AGPL-3.0-or-later Apache-1.1 Apache-2.0 Artistic-1.0-Perl Artistic-2.0 Beerware
BSD-1-Clause BSD-2-Clause BSD-2-Clause-Patent BSD-3-Clause BSD-3-Clause-Clear BSD-4-Clause BSD-4-Clause-UC BSL-1.0 BlueOak-1.0.0
CC-BY-3.0 CC-BY-4.0 CC-BY-NC-3.0 CC-BY-NC-4.0 CC-BY-NC-ND-3.0 CC-BY-NC-ND-4.0 CC-BY-NC-SA-3.0 CC-BY-NC-SA-4.0 CC-BY-ND-3.0 CC-BY-ND-4.0
CC-BY-SA-3.0 CC-BY-SA-4.0 CC0-1.0 CDDL-1.0 CDDL-1.1 CECILL-2.1 CECILL-B CECILL-C CommonsClause CPL-1.0 ECL-2.0 EPL-1.0 EPL-2.0 EUPL-1.1 EUPL-1.2
FSFAP GFDL-1.2 GFDL-1.3 GPL-2.0 GPL-2.0-only GPL-2.0-or-later GPL-3.0 GPL-3.0-only GPL-3.0-or-later HPND Hippocratic-2.1 IPL-1.0 ISC JSON
LGPL-2.0 LGPL-2.0-or-later LGPL-2.1 LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0 LGPL-3.0-only LGPL-3.0-or-later
MIT MIT-0 MPL-1.1 MPL-2.0 MS-PL MS-RL NCSA NTP ODC-By-1.0 ODbL-1.0 OFL-1.1 OSL-3.0 OpenSSL PDDL-1.0 PHP-3.01 PSF-2.0 Parity-7.0.0
PolyForm-Noncommercial-1.0.0 PolyForm-Small-Business-1.0.0 PostgreSQL Prosperity-3.0.0 Python-2.0 QPL-1.0 SSPL-1.0 UPL-1.0 Unlicense Vim W3C WTFPL X11
ZPL-2.1 Zlib curl etalab-2.0`

// scannable is a licence with the words by which a text shows at a glance that it cannot be the licence's. To prepare a
// scanner for all licences takes a sixth of a second and 28 MiB, for those that a text may be a few milliseconds.
type scannable struct {
	license licensecheck.License
	words   []string        // of its beginning that a text must hold, but for a few that may be misspelt
	all     func() []string // of all of a long one, of which hardly any may be missing: licences that share most of their text differ in few
}

var scannables = sync.OnceValue(func() []scannable {
	wanted := strings.Fields(scannedLicenses)
	var list []scannable
	licenses := map[string]int{} // in which a word stands
	for _, l := range licensecheck.BuiltinLicenses() {
		if l.LRE == "" || !slices.Contains(wanted, l.ID) {
			continue
		}
		words := mandatory(l.LRE, manyWords)
		for _, w := range words {
			licenses[w]++
		}
		list = append(list, scannable{l, words, sync.OnceValue(func() []string {
			if all := mandatory(l.LRE, len(l.LRE)); len(all) > manyWords {
				return all
			}
			return nil
		})})
	}
	const few, enough = 12, 8 // words of few licences tell most, if there are enough of them
	for i := range list {
		rare := slices.DeleteFunc(slices.Clone(list[i].words), func(w string) bool { return licenses[w] > few })
		if len(rare) >= enough {
			list[i].words = rare
		}
	}
	return list
})

// cheapPattern is how long a pattern, in bytes, may be to be prepared on a slight suspicion.
const cheapPattern = 2048

// tellingWord is how many letters a word has at least that tells a licence from another one.
const tellingWord = 6

// manyWords is how many words of a licence's pattern are enough for the first glance.
const manyWords = 120

// mandatory returns words of a licence's pattern without which no text matches it: those in no (( )) that may be left out
// by ?? after it, and of alternatives, parted by ||, those in each. It does not go on when it has enough of them.
func mandatory(pattern string, enough int) []string {
	type group struct {
		start  int      // of its first or latest alternative, in words
		shared []string // of the alternatives before
		others bool     // there are alternatives before
	}
	var words []string
	var open []group
	share := func(g *group) {
		if g.others {
			g.shared = slices.DeleteFunc(g.shared, func(w string) bool { return !slices.Contains(words[g.start:], w) })
		} else {
			g.shared, g.others = slices.Clone(words[g.start:]), true
		}
		words = words[:g.start]
	}
	for rest := pattern; rest != "" && (len(words) < enough || len(open) > 0); {
		n := 2
		switch {
		case strings.HasPrefix(rest, "//**"):
			n = strings.Index(rest, "**//") + len("**//")
		case strings.HasPrefix(rest, "(("):
			open = append(open, group{start: len(words)})
		case strings.HasPrefix(rest, "||"):
			share(&open[len(open)-1])
		case strings.HasPrefix(rest, "))"):
			g := open[len(open)-1]
			open = open[:len(open)-1]
			if g.others {
				share(&g)
				words = append(words, g.shared...)
			}
			if strings.HasPrefix(rest, "))??") {
				words = words[:g.start]
			}
		default:
			if n = letters(rest); n >= tellingWord {
				words = append(words, strings.ToLower(rest[:n]))
			}
			n = max(n, 1)
		}
		rest = rest[n:]
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// letters returns how many letters of English a text begins with.
func letters(text string) int {
	n := 0
	for n < len(text) && 'a' <= text[n]|' ' && text[n]|' ' <= 'z' {
		n++
	}
	return n
}

// tellingWords returns the words of a text by which licences are told apart.
func tellingWords(text string) map[string]bool {
	words := map[string]bool{}
	for lower := strings.ToLower(text); lower != ""; {
		n := letters(lower)
		if n >= tellingWord {
			words[lower[:n]] = true
		}
		lower = lower[max(n, 1):]
	}
	return words
}

// holdMost reports whether at most one in so many of the wanted words is missing.
func holdMost(words map[string]bool, wanted []string, oneIn int) bool {
	missing := 0
	for i := 0; i < len(wanted) && oneIn*missing <= len(wanted); i++ {
		if !words[wanted[i]] {
			missing++
		}
	}
	return oneIn*missing <= len(wanted)
}

// maxPrepared is how many licences all scanners together look for, besides the one that looks for all.
const maxPrepared = 256

var (
	allScanner = sync.OnceValue(func() *licensecheck.Scanner { return newScanner(scannables()) })
	scanners   = map[string]*licensecheck.Scanner{} // by the ids of the licences
	prepared   int                                  // licences that they look for
	scannersMu sync.Mutex
)

// scannerFor returns a scanner for the licences that a text may hold, nil if there are none.
func scannerFor(text string) *licensecheck.Scanner {
	words := tellingWords(text)
	var possible []scannable
	var ids strings.Builder
	for _, s := range scannables() {
		tolerated := 4
		if len(s.license.LRE) > cheapPattern {
			tolerated = 20
		}
		if holdMost(words, s.words, tolerated) && holdMost(words, s.all(), 64) {
			possible = append(possible, s)
			ids.WriteString(s.license.ID + " ")
		}
	}
	if len(possible) == 0 {
		return nil
	}
	scannersMu.Lock()
	defer scannersMu.Unlock()
	scanner := scanners[ids.String()]
	if scanner != nil {
		return scanner
	}
	if prepared += len(possible); prepared > maxPrepared {
		return allScanner()
	}
	scanner = newScanner(possible)
	scanners[ids.String()] = scanner
	return scanner
}

func newScanner(licenses []scannable) *licensecheck.Scanner {
	list := make([]licensecheck.License, len(licenses))
	for i := range licenses {
		list[i] = licenses[i].license
	}
	scanner, err := licensecheck.NewScanner(list)
	if err != nil {
		return nil // a test over the list would fail
	}
	return scanner
}

package check

import (
	"maps"
	"path"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/manifest"
	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

var openStandards = &Check{
	ID:      "open-standards",
	Name:    "Open standards",
	Short:   "open standards",
	Asks:    "Does it exchange security information in open standards?",
	Clause:  practice.ReusedStandards,
	Why:     "Open standards let tools exchange information without agreements.",
	Fix:     "Read and write an open format for security information such as MISP, STIX, CSAF or IDEA.",
	Met:     "Reads or writes an open format for security information.",
	Partial: "Generic or rule formats only.",
	Unmet:   "Closed or private formats only.",

	Needs: repo.Files,
	Reads: slices.Concat([]string{"{,.github/,docs/,doc/}readme*", "{requirements,features}.{md,rst,adoc}", handbook, "**/readme*.{md,rst,adoc}"},
		manifest.ManifestGlobs, sourceSample),
	Lists: []string{everything},
	Judge: judgeOpenStandards,
}

// trace is how something that a project uses shows in it.
type trace struct {
	name     string
	packages []string // packages that it requires, as packageForm writes them
	files    []string // words in the names of source files, as sourceNames has them
	texts    []string // how texts spell it, in their own case
}

// namesakes are products that bear the name of a tool.
var namesakes = pattern.New(`\bPalo Alto (?:Networks )?Cortex\b|\b(?:ARM )?Cortex[- ](?:XSOAR|XDR|XSIAM|[AMR]\d+)\b`)

// in reports whether a text names it.
func (t *trace) in(text string) bool {
	if strings.Contains(text, "Cortex") {
		text = namesakes.ReplaceAllString(text, "")
	}
	for _, name := range t.texts {
		if i := document.IndexWords(text, name); i >= 0 && strings.Contains(text, name) {
			return true
		}
	}
	return false
}

// shown returns the package or the source file that shows it, and where.
func (t *trace) shown(packages map[string]Evidence, sources map[string]string) (by string, place *Evidence) {
	if name, e := firstOf(packages, t.packages); e != nil {
		return name, e
	}
	for _, word := range t.files {
		if p, ok := sources[word]; ok {
			e := named(p, t.name)
			return p, &e
		}
	}
	return "", nil
}

func list(words string) []string { return strings.Fields(words) }

// securityStandards are the open formats in which information about threats, incidents and vulnerabilities is exchanged.
var securityStandards = []trace{
	{"the MISP format", list("pymisp misp-stix misp-lib-stix2 go-misp gomisp"), list("misp pymisp mispexport mispimport mispevent mispclient mispfeed"),
		[]string{"MISP"}},
	{"STIX", list("stix2 stix2-patterns stix2-validator stix2-elevator python-cybox python-stix mixbox stix2arango stix4j libstix2"),
		list("stix stix1 stix2 cybox"), []string{"STIX", "STIX2"}},
	{"TAXII", list("taxii2-client cabby libtaxii opentaxii medallion"), list("taxii taxii2"), []string{"TAXII"}},
	{"CSAF", list("csaf-tools csaf-validator-lib"), list("csaf cvrf"), []string{"CSAF", "CVRF"}},
	{"IDEA", list("idea-format warden-client"), list("idea idea0"), []string{"IDEA", "IDEA0"}},
	{"OpenIOC", list("ioc-writer"), list("openioc"), []string{"OpenIOC"}},
	{"IDMEF", nil, list("idmef"), []string{"IDMEF"}},
	{"IODEF", list("iodeflib"), list("iodef"), []string{"IODEF"}},
	{"Sigma", list("pysigma sigma-cli sigmatools"), list("sigma pysigma"), []string{"Sigma"}},
	{"CPE", list("cpe-guesser cpematcher go-cpe nvdlib"), list("cpe cpes"),
		[]string{"Common Platform Enumeration", "CPE name", "CPE names", "CPE dictionary", "CPE guesser"}},
	{"the CVE record format", list("cvelib"), list("cvelookup cverecord cverecords cvefeed cvefeeds nvdfeed nvdfeeds"), nil},
	{"OSV", list("osv-schema"), list("osv"), []string{"OSV"}},
	{"VEX", list("go-vex lib4vex"), list("openvex"), []string{"VEX", "OpenVEX"}},
	{"CACAO", nil, list("cacao"), []string{"CACAO"}},
	{"OVAL", nil, list("scap"), []string{"OVAL", "SCAP"}},
	{"MAEC", nil, list("maec"), []string{"MAEC"}},
	{"CASE", list("case-utils case-mapping"), list("caseuco"), []string{"CASE/UCO", "CASE-UCO", "Cyber-investigation Analysis Standard Expression"}},
	{"DFXML", list("dfxml"), list("dfxml"), []string{"DFXML"}},
	{"XARF", nil, list("xarf"), []string{"XARF", "X-ARF"}},
	{"the hashlookup format", nil, nil, []string{"hashlookup format"}},
	{"the passive DNS format", nil, nil, []string{"Passive DNS COF", "passive DNS common output format", "Passive DNS - Common Output Format"}},
	{"RSIT", nil, list("rsit"), []string{"RSIT", "Reference Security Incident Taxonomy"}},
}

// genericStandards are formats of rules, of captures, or of data of any kind.
var genericStandards = []trace{
	{"YARA", list("yara-python go-yara yara-x plyara libyara-wasm"), list("yara"), []string{"YARA"}},
	{"PCAP", list("pyshark dpkt pypcap gopacket"), list("pcap pcapng"), []string{"PCAP"}},
	{"IDS rules", list("idstools suricataparser"), list("suricata snort"), []string{"Suricata", "Snort"}},
	{"OpenAPI", interfacePackages, list("openapi swagger"), []string{"OpenAPI", "Swagger"}},
	{"general formats", list("haralyzer feedgen"), nil, []string{"CSV", "HAR", "RSS", "Atom", "CEF", "syslog", "OpenID Connect", "JSON-LD"}},
}

var (
	// exchange are the words with which a text says that a format is read or written.
	exchange = pattern.New(`(?i)\b(import|export|format|support|conver(t|s)|pars(e|i)|generat|output|ingest|publish|produc|consum|push` +
		`|pull|sync|fetch|taxonom|galax|feed|schema|rules?\b|back-?end|provider|dictionar|read(s|ing)?\b|writ(e|ten|ing)` +
		`|(MISP|STIX) (event|object|attribute|bundle)s?\b)`)
	// notExchanged is a sentence about what is not there.
	notExchanged = pattern.New(`(?i)\b(no|not|without|n't)\b[^.]{0,20}\b(support|yet|available|implement|compatible)` +
		`|\b(planned|TODO|road ?map|future)\b|\bIntelliJ\b|\b(mixture|similar|inspired|resembl|compar)`)
	// aboutOthers is a heading under which other people's software is listed.
	aboutOthers = pattern.New(`(?i)\b(using|used by|users|adopters|that use|who uses|related|similar|alternatives|acknowledg|credits` +
		`|todo|to do|roadmap|ideas|sponsors|talks|resources|references|reading)\b`)
)

// exchangeReach is how many bytes may stand between a format's name and the word of exchange.
const exchangeReach = 60

func judgeOpenStandards(v *View) Finding {
	packages, sources := v.packages(), v.sourceNames(true)
	v.dropUnused(packages, securityStandards)
	if sources["cve"]+sources["cves"]+sources["nvd"] == "" { // the name of a platform alone is no exchange on vulnerabilities
		sources = maps.Clone(sources)
		delete(sources, "cpe")
		delete(sources, "cpes")
	}
	if name, by, e := v.standard(securityStandards, packages, sources); e != nil {
		if by != e.Path {
			by = "the package " + by
		}
		return met([]Evidence{*e}, "%s is read or written, as %s shows", name, by)
	}
	if e := v.vulnerabilityRecords(); e != nil {
		return met([]Evidence{*e}, "vulnerabilities are handled as CVE records with their attributes, as %s says", e.Path)
	}
	if name, by, e := v.standard(genericStandards, packages, sources); e != nil {
		if by != e.Path {
			name += " (by " + by + ")"
		}
		return partial([]Evidence{*e}, "%s shows %s, but no open standard for exchanging security information", e.Path, name)
	}
	return unmet(nil, "no open format is read or written")
}

// recordAttributes are what a CVE record holds beside its number, each in a notation of its own.
var recordAttributes = []string{"CPE", "CPEs", "CWE", "CWEs", "CVSS", "EPSS", "KEV", "CAPEC"}

// recordReach is how many such attributes a sentence names that is about the records, not about a flaw.
const recordReach = 2

// matched is a sentence which says that vulnerabilities are found by the names of products in the records.
var matched = pattern.New(`(?i)\b(?:match|map|correlat|assign|look(?:s|ed|ing)? up|search|select|evaluat|affect)\w*\b[^.]{0,60}\b(?:CPEs?\b[^.]{0,60}\bCVEs?|CVEs?\b[^.]{0,60}\bCPEs?)\b` +
	`|\bCPEs?[- ]to[- ]CVEs?\b|\bCVEs?\b[^.]{0,40}\b(?:by|for|from|of|using) (?:\w+ ){0,2}CPEs?\b`)

// vulnerabilityRecords finds a sentence which says that the program handles CVE records, with what they hold.
func (v *View) vulnerabilityRecords() *Evidence {
	return v.sentence(cveForm, func(d *Doc, b *document.Block, s string) bool {
		if glossary.MatchString(d.Path) {
			return false
		}
		named := 0
		for _, a := range recordAttributes {
			if strings.Contains(s, a) && document.HasWords(s, a) {
				named++
			}
		}
		return (named >= recordReach || matched.MatchString(s)) && !notExchanged.MatchString(s) && !isPart(d.Path) && !underHeading(d.Document(), b.Section, aboutOthers)
	})
}

// cveForm matches CVE, not the number of one.
var cveForm = pattern.New(`\bCVEs?(?:[^\w-]|-[^\d]|$)`)

// standard finds the first standard that the program uses: first by what it is made of, then by its texts.
func (v *View) standard(standards []trace, packages map[string]Evidence, sources map[string]string) (name, by string, place *Evidence) {
	for i := range standards {
		if by, e := standards[i].shown(packages, sources); e != nil {
			// Words for users tell more than what the program is made of.
			if told := v.exchanges(&standards[i], true); told != nil {
				return standards[i].name, told.Path, told
			}
			return standards[i].name, by, e
		}
	}
	for i := range standards {
		if e := v.defines(&standards[i]); e != nil {
			return standards[i].name, e.Path, e
		}
	}
	for i := range standards {
		if e := v.exchanges(&standards[i], false); e != nil {
			return standards[i].name, e.Path, e
		}
	}
	return "", "", nil
}

var (
	// definition is the definition of a function in the languages of CSIRT tools; it captures the name.
	definition = pattern.New(`(?m)^[ \t]*(?:(?:async|export|public|static|pub|default) )*(?:def|func|function|fn|sub) +(?:\([^)\n]*\) *)?(\w+)`)
	// transfer are the words in the name of a function that reads or writes a format.
	transfer = list("export import format push pull parse convert generate create write read load dump send fetch event bundle")
	// direction are those that say so before the format.
	direction = list("to from as")
	// ordinary are names of formats that are words of everyday code as well.
	ordinary = list("idea idea0 sigma cpe cpes scap")
)

// defines finds a function of the program whose name says that it reads or writes a format.
func (v *View) defines(s *trace) *Evidence {
	for _, d := range v.Docs {
		if !sourceFile.MatchString(strings.ToLower(d.Path)) || !d.holds(s.files) {
			continue
		}
		content := d.Content()
		for _, m := range definition.FindAllStringSubmatchIndex(content, -1) {
			if transfers(strings.Split(snake(content[m[2]:m[3]]), "_"), s.files) {
				line := lineAt(content, m[2])
				e := at(d, line, line, "reads or writes "+s.name)
				return &e
			}
		}
	}
	return nil
}

// transfers reports whether the words of a name say that one of the formats is read or written: misp_export, to_stix2. A name
// such as maec_to_record takes what another function has read.
func transfers(words, formats []string) bool {
	verb := slices.ContainsFunc(words, func(w string) bool { return slices.Contains(transfer, w) })
	for i, w := range words {
		if slices.Contains(ordinary, w) {
			return false
		}
		if slices.Contains(formats, w) && (verb || i > 0 && slices.Contains(direction, words[i-1])) {
			return true
		}
	}
	return false
}

// bears reports whether the project is named after a format.
func (v *View) bears(s *trace) bool {
	return slices.ContainsFunc(strings.Split(snake(path.Base(v.Name)), "_"), func(word string) bool { return slices.Contains(s.files, word) })
}

// exchanges finds a sentence which says that the program reads or writes a format; outspoken, one for users that says so in words,
// where any mention by a program that bears the name of the format does otherwise.
func (v *View) exchanges(s *trace, outspoken bool) *Evidence {
	own, docs, words := v.bears(s), v.Docs, []string(nil)
	if outspoken {
		if own {
			words = []string{"format", "formats"} // else the sentence is on the program
		}
		own, docs = false, v.Matching("{,.github/,docs/,doc/}"+readmeGlob)
	}
	for _, d := range docs {
		if isMetadata(d.Path) || isChangelog(d.Path) || sourceFile.MatchString(strings.ToLower(d.Path)) || glossary.MatchString(d.Path) ||
			!d.holds(lowered(s.texts)) {
			continue
		}
		doc := d.Document()
		for _, b := range slices.Concat(doc.Prose(), usage(doc)) {
			if !s.in(b.Text) || underHeading(doc, b.Section, aboutOthers) {
				continue
			}
			for _, sentence := range b.Sentences() {
				if len(sentence.Text) > longSentence {
					continue
				}
				if (own || s.near(sentence.Text)) && s.in(sentence.Text) && !notExchanged.MatchString(sentence.Text) &&
					(words == nil || document.HasWords(sentence.Text, words...)) {
					line := b.LineAt(max(0, strings.Index(b.Text, sentence.Text)) + max(0, document.IndexWords(sentence.Text, s.texts...)))
					e := at(d, line, line, s.name)
					return &e
				}
			}
		}
	}
	return nil
}

// usage returns the blocks of code that show what the program says of its options.
func usage(d *document.Document) []*document.Block {
	var blocks []*document.Block
	for i := range d.Blocks {
		if b := &d.Blocks[i]; b.Kind == document.Code && usageForm.MatchString(b.Text) {
			blocks = append(blocks, b)
		}
	}
	return blocks
}

// usageForm begins such a block, perhaps after the command.
var usageForm = pattern.New(`(?i)^\s*(?:[$>#] ?.*\s+)?usage:`)

// longSentence is the length in bytes of a sentence beyond which it is a list without marks, in which words far apart mean nothing together.
const longSentence = 800

// glossary is a page that explains words, whatever the program does.
var glossary = pattern.New(`(?i)glossary|acronym|abbreviation|terminology`)

// near reports whether a sentence names the format beside a word of exchange.
func (t *trace) near(sentence string) bool {
	for _, hit := range exchange.FindAllStringIndex(sentence, -1) {
		if t.in(sentence[max(0, hit[0]-exchangeReach):min(len(sentence), hit[1]+exchangeReach)]) {
			return true
		}
	}
	return false
}

// underHeading reports whether a section or one around it has such a heading, the title of the document aside.
func underHeading(d *document.Document, section int, heading *pattern.Pattern) bool {
	for s := section; s > 0; s = d.Sections[s].Parent {
		if !isTitle(d, s) && heading.MatchString(d.Sections[s].Heading) {
			return true
		}
	}
	return false
}

func lowered(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = strings.ToLower(w)
	}
	return out
}

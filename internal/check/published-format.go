package check

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

var publishedFormat = &Check{
	ID:      "published-format",
	Name:    "Published format",
	Short:   "published format",
	Asks:    "Is the project's own format published as a specification?",
	Clause:  practice.StandardizedFormat,
	Why:     "Others can only implement a format that is written down.",
	Fix:     "Publish the specification of the project's own format, for instance as an IETF Internet-Draft.",
	Met:     "A specification with a standards body or as a document of its own.",
	Partial: "Described in the source tree only.",
	Unmet:   "An own format for others without a description.",

	Needs: repo.Files,
	Reads: []string{
		"{,.github/,docs/,doc/}readme*", "{,.github/,docs/,doc/}contributing*.{md,rst,adoc,txt}", "**/{rfc,rfcs}/*.{md,rst,adoc,txt}",
		"**/*{format,specification,schema,syntax,grammar,protocol,payload,writingrules}*.{md,rst,adoc}", developerGuides, handbook, "**/readme*.{md,rst,adoc}",
	},
	Lists: []string{everything},
	Judge: judgePublishedFormat,
}

// specifying are the endings of files that can hold a specification or a schema.
var specifying = map[string]bool{".xml": true, ".md": true, ".txt": true, ".json": true, ".xsd": true, ".rnc": true, ".rng": true, ".dtd": true}

var (
	// draftFile matches an Internet-Draft by its name.
	draftFile = pattern.New(`(?i)(^|/)draft-[a-z0-9]+-[a-z0-9-]+\.(xml|md|txt)$`)
	// draftLink matches the address of an Internet-Draft at the IETF and captures its name.
	draftLink = pattern.New(`(?i)^https?://[^/]*\bietf\.org/.*\b(draft-[a-z0-9-]+)`)
	// schemaFile is a schema that stands where a reader of the tree sees it first.
	schemaFile = pattern.New(`(?i)^(schemas?/)?(schema[^/]*|[^/]+[-.]schema)\.(json|xsd)$|(^|/)schemas/schema[-_.]?v?\d+(\.\d+)+\.(json|xsd)$` +
		`|^(data|docs?|documentation)/(.*/)?schemas?/(.*/)?[^/]*[-_.]schema[^/]*\.(json|xsd)$`)
	// grammarFile is a schema of documents in XML; many are of others' formats, so that it counts where the name is the project's.
	grammarFile = pattern.New(`(?i)\.(xsd|rnc|rng|dtd)$`)
	// servedSchema is a schema that the program serves to everybody.
	servedSchema = pattern.New(`(?i)(^|/)(static|public|webroot|htdocs)/(.*/)?schemas?/.*\.(json|xsd)$`)
	// specificationName are the words in the names of repositories that hold specifications.
	specificationName = strings.Fields("rfc rfcs specification specifications spec specs standard standards schema schemas")
	// ownFormatName and formatFolder are the text and the target of a link to the part of a sibling repository that holds one.
	ownFormatName = pattern.New(`(?i)\b(protocol|format|specification)$`)
	// formatFolder is the name of a folder that holds specifications.
	formatFolder = pattern.New(`(?i)/(formats?|protocols?|spec|specs|specifications?)/?$`)
	// ownDraft is a sentence by which a project says where its specification is.
	ownDraft = pattern.New(`\b([Oo]ur|the project's)\b[^.]{0,40}\b(Internet-Drafts?|RFC ?[0-9]{4})\b` +
		`|\b([Pp]ublished|[Ss]tandardi[sz]ed|[Ss]ubmitted)\b[^.]{0,30}\b(IETF|OASIS|W3C|ETSI|Ecma)\b`)
	// formatPage are the words in the names of pages on a format, in snake case.
	formatPage = strings.Fields("format formats dataformat datamodel specification spec schema syntax grammar payloads payload protocol " +
		"harmonization writingrules definition rules")
	// storeWords are in the names of pages on how a database is laid out, which is for the program alone.
	storeWords = strings.Fields("db database databases sql mysql mariadb postgres postgresql sqlite mongo mongodb redis elastic elasticsearch " +
		"opensearch index indices table tables cache storage")
	// rulePage and othersRules are pages on rules for engines that other projects make.
	rulePage    = []string{"rules"}
	othersRules = pattern.New(`\b(?:Suricata|Snort|YARA|Sigma|Zeek|ModSecurity|Falco|Semgrep)\b`)
	// formatHead is a heading under which a format is specified.
	formatHead = pattern.New(`(?i)\b(data|message|event|exchange|file|rule|import|task|report|feed|object)s? formats?\b|\brule (?:metadata|schema|fields|anatomy)\b|\bharmoni[sz]ation\b`)
	// settingsHead is one under which the program's own settings are described, which nobody exchanges.
	settingsHead = pattern.New(`(?i)^\W*(?:the )?(?:main |default |global )?config(?:uration)?(?: file)?s? formats?\W*$`)
	// inputPage matches pages on what the program takes in.
	inputPage = pattern.New(`(?i)(import|upload|ingest|csv|json)[^/]*$`)
	// inputFields is a sentence that says which fields the input must have.
	inputFields = pattern.New(`(?i)\b(mandatory|required)\b[^.]{0,15}\b(fields?|columns?|headers?)\b[^.]{0,60}` +
		`|\b(fields?|columns?|headers?)\b[^.]{0,30}\b(are|is) (mandatory|required)\b`)
	// forExtensions is a heading under which the interface between the program and its extensions is described.
	forExtensions = pattern.New(`(?i)\b(how to|writ(e|ing)|creat(e|ing)|add(ing)?|develop(ing)?)\b.*\b(own|new|an?|custom)\b.*\b(module` +
		`|plug-?in|analy[sz]er|bot|parser|connector|extension|feeder|responder)s?\b`)
	// extensionsReadme is the document of a folder that holds extensions, and onDevelopingThem a heading in it for those who write them.
	extensionsReadme = pattern.New(`(?i)(?:^|/)(?:modules|plug-?ins|analy[sz]ers|bots|parsers|connectors|extensions|feeders|responders)/readme\.\w+$`)
	onDevelopingThem = pattern.New(`(?i)^(?:developers?['’]?s? (?:guide|documentation)|developing|development)\b`)
	// inMarkup is a sentence that says in which markup people write what the program runs.
	inMarkup = pattern.New(`(?i)\b(rules?|recipes?|filters?|signatures?|playbooks?|templates?|queries|modules?|definitions?|artifacts?|scenarios?)\b[^.]{0,40}` +
		"\\b(are|is)\\b[^.]{0,25}[ `.](YAML|yml|JSON|TOML|XML)\\b`? ?(files?|documents?|format|syntax)\\b|" +
		`\b(rules?|recipes?|filters?|signatures?|playbooks?|queries|definitions?|artifacts?|scenarios?)\b[^.]{0,40}\b(written|defined|described|specified|expressed) (in|as|using|by)\b[^.]{0,15}\b(YAML|JSON|TOML|XML)\b`)
	// inOwnFormat is one that says that what people feed the program follows a format of its own, which a sample shows.
	inOwnFormat = pattern.New(`(?i)\b(files?|lists?|rules?|indicators?|IOCs?|signatures?|entries|lines?)\b[^.]{0,40}\b(must|have to|need to|should)\b` +
		`[^.]{0,12}\b(be in|follow|use|have)\b[^.]{0,12}\bformat\b`)
	// aboutSettings is one on how the program is set up.
	aboutSettings = pattern.New(`(?i)\b(config\w*|settings?|compose|workflow|Sigma|OpenAPI|helm|ansible)\b`)
	// ownFormat is a sentence that calls a format the project's own.
	ownFormat = pattern.New(`(?i)\b(own|proprietary|internal|(?:a|our|its) custom)\b( (binary|JSON|XML|exchange|data|file|text))? (format|protocol)\b`)
	// notOwn are documents on decisions and on formats of others.
	notOwn = pattern.New(`(?i)(^|/)(adr|adrs|decisions|archive|changelog|agents)/|(^|/)[^/]*(supported|generated)[^/]*$`)
)

// draftAuthor returns whom the name of an Internet-Draft puts first, its author or group. A file that begins with the name of the
// project there is a draft of a document like any other.
func draftAuthor(p string) string {
	author, _, _ := strings.Cut(strings.TrimPrefix(strings.ToLower(path.Base(p)), "draft-"), "-")
	return author
}

// formatWords is from how many words on a page describes a format.
const formatWords = 100

func judgePublishedFormat(v *View) Finding {
	for _, p := range v.Listed {
		switch {
		case !specifying[strings.ToLower(path.Ext(p))]:
		case draftFile.MatchString(p) && !slices.Contains(strings.Split(snake(path.Base(v.Name)), "_"), draftAuthor(p)):
			return met([]Evidence{named(p, "Internet-Draft")}, "%s is an Internet-Draft of its own format", p)
		case servedSchema.MatchString(p):
			return met([]Evidence{named(p, "schema that is served")}, "schemas of its format are published, among them %s", path.Base(p))
		}
	}
	if f, ok := v.specification(); ok {
		return f
	}
	for _, p := range v.Listed {
		if specifying[strings.ToLower(path.Ext(p))] && (schemaFile.MatchString(p) || grammarFile.MatchString(p) && v.ownAddress(path.Base(p))) {
			return partial([]Evidence{named(p, "schema")}, "%s describes a format of its own, which is not published as a specification", p)
		}
	}
	for _, d := range v.Docs {
		if isChangelog(d.Path) || notOwn.MatchString(d.Path) || isPart(d.Path) && !extensionsReadme.MatchString(d.Path) || isHidden(d.Path) {
			continue
		}
		if e := v.describesFormat(d); e != nil {
			return partial([]Evidence{*e}, "%s describes %s of its own, which is not published as a specification", d.Place(),
				strings.TrimPrefix(e.Note, "description of "))
		}
	}
	input := v.sentence(inputFields, func(d *Doc, _ *document.Block, _ string) bool {
		return inputPage.MatchString(d.Path) && !notOwn.MatchString(d.Path)
	})
	if input != nil {
		return partial([]Evidence{*input}, "%s describes the input that it takes, which is not published as a specification", input.Path)
	}
	if e := v.sentence(inMarkup, func(d *Doc, b *document.Block, s string) bool {
		return !isPart(d.Path) && !aboutSettings.MatchString(s) && hasCode(d.Document(), around(d.Document(), b.Section))
	}); e != nil {
		return partial([]Evidence{*e}, "%s describes a format of its own, which is not published as a specification", e.Path)
	}
	if e := v.sentence(inOwnFormat, func(d *Doc, b *document.Block, s string) bool {
		return ofWhole(d.Path) && !isGuide(d.Path) && !aboutSettings.MatchString(s) && hasCode(d.Document(), b.Section)
	}); e != nil {
		return partial([]Evidence{*e}, "%s describes the format of what it takes, which is not published as a specification", e.Path)
	}
	if e := v.sentence(ownFormat, func(d *Doc, _ *document.Block, _ string) bool { return ofWhole(d.Path) }); e != nil {
		return unmet([]Evidence{*e}, "%s speaks of a format of its own, which is nowhere described", e.Path)
	}
	names := regexp.QuoteMeta(path.Base(v.Name))
	if owner := v.owner(); owner != "" && !strings.HasPrefix(snake(path.Base(v.Name)), snake(owner)+"_") { // what bears the owner's name and adds to it is beside the owner's program
		names += "|" + regexp.QuoteMeta(owner)
	}
	own := pattern.New(`(?i)\b(?:` + names + `) (?:(?:query|rule|scripting` +
		`|expression|template|detection|pattern|policy|configuration) language|(?:\w+ )?protocol|(?:rule|event|exchange|report) format|detection rules)\b`)
	if e := v.sentence(own, func(d *Doc, _ *document.Block, _ string) bool { return !isPart(d.Path) }); e != nil {
		return partial([]Evidence{*e}, "%s names a language, protocol or format of its own, which is not published as a specification", e.Path)
	}
	return notApplicable("no format or protocol of its own is meant for others")
}

// around returns the chapter in which a section stands with others, or else the section itself.
func around(doc *document.Document, section int) int {
	if p := doc.Sections[section].Parent; p > 0 && !isTitle(doc, p) {
		return p
	}
	return section
}

// ofWhole reports whether a document is about the project as a whole: it stands at the root or among the documents for users.
func ofWhole(p string) bool {
	top, _, inFolder := strings.Cut(strings.ToLower(p), "/")
	return !inFolder || (strings.HasPrefix(top, "doc") || top == ".github" || top == "manual" || top == "handbook") && !isPart(p)
}

// specification finds the words by which a project points to its specification: a repository of the same owner that holds
// one, or a standards body to which it was brought.
func (v *View) specification() (Finding, bool) {
	owner, name := v.owner(), path.Base(v.Name)
	isSpecification := func(repository string) bool {
		return slices.ContainsFunc(strings.Split(snake(repository), "_"), func(w string) bool { return slices.Contains(specificationName, w) })
	}
	for _, d := range v.Docs {
		if isSpecification(name) {
			return met([]Evidence{titled(d, "the specification")}, "the repository is the specification"), true
		}
		if isChangelog(d.Path) {
			continue
		}
		for _, l := range d.Document().Links() {
			if m := onForge.FindStringSubmatch(l.Target); m != nil && strings.EqualFold(m[1], owner) &&
				(isSpecification(m[2]) || !strings.EqualFold(m[2], name) && ownFormatName.MatchString(l.Text) && formatFolder.MatchString(l.Target)) {
				return met([]Evidence{at(d, l.Line, l.Line, "the specification")}, "%s holds the specification of its format", m[2]), true
			}
			if m := draftLink.FindStringSubmatch(l.Target); m != nil && v.ownAddress(m[1]) {
				return met([]Evidence{at(d, l.Line, l.Line, "the specification")}, "%s specifies its format", m[1]), true
			}
		}
	}
	if e := v.ofStandardsBody(owner); e != nil {
		return met([]Evidence{*e}, "%s links the specification that %s itself publishes", e.Path, owner), true
	}
	if e := v.sentence(ownDraft,
		func(*Doc, *document.Block, string) bool { return true }); e != nil {
		return met([]Evidence{*e}, "%s says that its format is published as a specification", e.Path), true
	}
	return Finding{}, false
}

// pagesHost matches the sites that a forge keeps for whoever has a repository there.
var pagesHost = pattern.New(`(?i)\.(?:(?:github|gitlab|codeberg)\.(?:io|page)|pages\.dev|readthedocs\.(?:io|org)|netlify\.app)$`)

// ofStandardsBody finds a paragraph that links a specification on the owner's own site: a body that makes standards keeps
// programs for them as well.
func (v *View) ofStandardsBody(owner string) *Evidence {
	for _, d := range v.Docs {
		if owner == "" || isChangelog(d.Path) || !d.holds([]string{"specification"}) {
			continue
		}
		for _, b := range d.Document().Prose() {
			if !document.HasWords(b.Text, "specification*") {
				continue
			}
			for _, l := range b.Links {
				u, err := url.Parse(l.Target)
				if err == nil && len(u.Path) > 1 && !onForge.MatchString(l.Target) && !pagesHost.MatchString(u.Hostname()) &&
					slices.Contains(strings.Split(strings.ToLower(u.Hostname()), "."), strings.ToLower(owner)) {
					e := at(d, l.Line, l.Line, "the specification")
					return &e
				}
			}
		}
	}
	return nil
}

// describesFormat returns where a document describes a format, as a page of that name, in a part under such a heading, or as
// the interface for those who write extensions.
func (v *View) describesFormat(d *Doc) *Evidence {
	doc := d.Document()
	words := strings.Split(snake(strings.TrimSuffix(path.Base(d.Path), path.Ext(d.Path))), "_")
	folder := strings.ToLower(path.Base(path.Dir(d.Path)))
	has := func(of []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(of, w) })
	}
	last := words[len(words)-1]
	named := (has(formatPage) || last == "language" || strings.HasSuffix(last, "schema") || strings.HasSuffix(last, "specification")) && !has(storeWords) || folder == "rfc" || folder == "rfcs"
	if named && proseWords(doc, 0) >= formatWords && !(has(rulePage) && v.namesOthersRules(d)) {
		e := titled(d, "description of a format")
		return &e
	}
	for i := range doc.Sections {
		s := &doc.Sections[i]
		var note string
		switch {
		case s.Level == 0 || isStale(doc):
		case formatHead.MatchString(s.Heading) && !settingsHead.MatchString(s.Heading) && hasCodeOrTable(doc, i):
			note = "description of a format"
		case isExtensionGuide(d, i):
			note = "description of an interface for extensions"
		}
		if note != "" {
			e := at(d, s.Line, s.End, note)
			return &e
		}
	}
	return nil
}

// isExtensionGuide reports whether a section tells in full how to write an extension.
func isExtensionGuide(d *Doc, section int) bool {
	doc := d.Document()
	heading := doc.Sections[section].Heading
	return (forExtensions.MatchString(heading) || extensionsReadme.MatchString(d.Path) && onDevelopingThem.MatchString(heading)) &&
		hasCode(doc, section) && proseWords(doc, section) >= extensionWords
}

// namesOthersRules reports whether a page speaks of the rules of an engine that another project makes.
func (v *View) namesOthersRules(d *Doc) bool {
	own := path.Base(v.Name)
	return slices.ContainsFunc(othersRules.FindAllString(d.Content(), -1), func(engine string) bool { return !strings.EqualFold(engine, own) })
}

// hasCodeOrTable reports whether a section shows something: a sample, a table or a list of fields.
func hasCodeOrTable(doc *document.Document, section int) bool {
	return slices.ContainsFunc(doc.Under(section), func(b *document.Block) bool {
		return b.Kind == document.Code || b.Kind == document.Cell || b.Kind == document.Item
	})
}

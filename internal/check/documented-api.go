package check

import (
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/manifest"
	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

var documentedApi = &Check{
	ID:      "documented-api",
	Name:    "Documented programming interface",
	Short:   "documented interface",
	Asks:    "Is the interface for programs open and documented?",
	Clause:  practice.DocumentedAPI,
	Why:     "A tool is worth most within a chain of tools.",
	Fix:     "Publish a reference of the programming interface in the repository, for a web service as OpenAPI.",
	Met:     "A reference of an interface for programs is part of the project.",
	Partial: "Incomplete, outdated or only elsewhere.",
	Unmet:   "No documented interface.",

	Needs: repo.Files,
	Reads: slices.Concat([]string{
		"**/*{api,rest,endpoint,reference,library,sdk}*.{md,rst,adoc}", "**/{api,reference}/**/*.{md,rst,adoc}",
		"{,.github/,docs/,doc/}readme*", developerGuides, handbook, "*/{docs,doc}/*.{md,rst,adoc}", "**/readme*.{md,rst,adoc}",
	}, manifest.ManifestGlobs),
	Lists: []string{everything},
	Judge: judgeDocumentedAPI,
}

var (
	// interfaceFile matches descriptions of an interface by their names: OpenAPI, AsyncAPI, RAML and Protocol Buffers.
	interfaceFile = pattern.New(`(?i)(^|/)((openapi|swagger|asyncapi)[^/]*\.(ya?ml|json)|[^/]*[-_.](openapi|swagger)\.(ya?ml|json)` +
		`|[^/]+\.raml|api\.proto)$|(^|/)api/(.*/)?[^/]+\.proto$`)
	// generatorFile makes a reference out of the comments in the code, which somebody must run.
	generatorFile = pattern.New(`(?i)(^|/)(doxyfile|doxygen\.(conf|cfg|config))(\.in)?$`)
	// interfacePackages make a reference out of the code and serve it.
	interfacePackages = strings.Fields(`flask-restx flask-restplus fastapi flask-smorest apispec flasgger flask-rebar drf-spectacular drf-yasg connexion spectree
		django-ninja litestar robyn apiflask flask-openapi3 aiohttp-apispec aiohttp-swagger swaggo swag gin-swagger http-swagger huma goa springdoc springdoc-openapi-ui
		springdoc-openapi-starter-webmvc-ui springfox-swagger2 springfox-swagger-ui swagger-ui-express swagger-jsdoc fastify-swagger @nestjs/swagger @fastify/swagger tsoa
		rswag grape-swagger utoipa paperclip poem-openapi tapir-openapi-docs tapir-swagger-ui-bundle nelmio/api-doc-bundle zircote/swagger-php
		l5-swagger swashbuckle-aspnetcore nswag-aspnetcore`)
	// interfacePage matches the name of a page of the documentation that is about an interface, in snake case.
	interfacePage = pattern.New(`(^|_)([a-z]*apis?|rest|endpoints?|reference|library|sdk)(_|$)`)
	// otherPage matches the names of those that say only what became different.
	otherPage = pattern.New(`migrat|(^|_)(changes|changelog|history)(_|$)`)
	// interfaceHead is a heading under which an interface is described.
	interfaceHead = pattern.New(`(?i)\b(REST(ful)?|API|APIs|endpoints?|webhooks?|JSON-RPC|GraphQL)\b` +
		`|\b(python|go|java|c|ruby|rust) library\b|\b(use|usage|using)\b[^.]{0,20}\b(as a|in) (python )?(library|module|code|applications?|programs?)\b|\blibrary (usage|use|reference)\b`)
	// libraryUse is a heading under which the program is used from another one.
	libraryUse = pattern.New(`(?i)\b(use|usage|using)\b[^.]{0,20}\b(as( an?)?|in) (python )?(library|module|applications?|programs?)\b|\busing (the )?[\w./-]+ (library|SDK)\b`)
	// webhookHead is a heading under which the program sends something to another one.
	webhookHead = pattern.New(`(?i)\bwebhooks?\b`)
	// outputHead is a heading under which the events or records are listed that the program writes for others.
	outputHead = pattern.New(`(?i)\b(events?|alerts?|records?|outputs?|JSON|logs?)\b[\w ,/()-]*\b(reference|fields|attributes|schema)\b` +
		`|\b(reference|fields|schema) (of|for)\b[\w ,/()-]*\b(events|alerts|records|outputs?|reports?)\b`)
	// call is what a reference is made of: requests, and names that a program calls.
	call = pattern.New(`(?m)\b(GET|POST|PUT|DELETE|PATCH)\b["'*` + "`" + `]*\s+["` + "`" + `]?(https?:|/)|\bcurl\b` +
		`|\b(https?://[^\s/]+)?/(api|rest)/|^#+ +` + "`?" + `/[a-z]|auto(module|class|function|method)::|^:::\s|\.\. (c|py|js|http|cpp):|` +
		`^\s*(def|class|func|function|import|from|const|var|let|int|void|async def)\s+\w|\b\w+\.\w+\([^)]*\)`)
	// endpoint is a text that begins with the path of a request, and inFileSystem one that begins with that of a file.
	endpoint     = pattern.New("^`?(?:(?:GET|POST|PUT|DELETE|PATCH)\\b[`: ]*)?/[a-z]")
	inFileSystem = pattern.New("^`?/(?:bin|boot|dev|etc|home|lib|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var)\\b")
	// signature is a heading that names a function and its parameters.
	signature = pattern.New("^`?[A-Za-z_][\\w.:]*\\((?:[\\w*&\\[\\]=.,:'\" ]*)\\)`?$")
	// generated matches directives that put the comments of the code into a page: Sphinx's autodoc, mkdocstrings.
	generated = pattern.New(`(?m)^\s*\.\. auto(module|class|function|method)::|^::: ?[\w.]+\s*$`)
	// selfDescribed is a sentence that says that the program describes its own interface.
	selfDescribed = pattern.New(`(?i)\b(API|interface|endpoints?)\b[^.]{0,60}\b(swagger|openapi)\b` +
		`|\bGET\W{0,3}/([\w-]+/){0,2}(swagger|openapi)\.(json|ya?ml)\b` +
		`|\b(swagger|openapi)\b[^.]{0,60}\b(API|interface|endpoints?|UI)\b` +
		"|\\b(interactive|API|generated) documentation\\b[^.]{0,40}\\b(served|available|found|reached)\\b[^.]{0,30}[`\"' ]/(docs|redoc|doc)\\b")
	// handlesDescriptions is one on descriptions of other programs, which this one takes in or passes over.
	handlesDescriptions = pattern.New(`(?i)\b(ignor|skip|exclud|detect|scan|pars|import|upload|ingest|discover|crawl|fuzz)\w*`)
	// interfaceTarget is an address of a description of an interface.
	interfaceTarget = pattern.New(`(?i)^https?://.*(docs?|documentation|wiki)\b?[^\s]*\bapi\b|^https?://.*\bapi\b[^\s]*(docs?|reference)` +
		`|^https?://[^/]+/([^/?#]+/)?api/?$`)
	// interfaceLink is a text that leads to the description of an interface.
	interfaceLink = pattern.New(`(?i)\bAPI\W{0,3}(?: wiki)? page\b` +
		`|\b(API|REST|interface)\b[^.]{0,60}\b(docs|documentation|documented|reference|client|library|librar(y|ies)|specification)\b|` +
		`\b(docs|documentation|documented|reference|client|library|specification)\b[^.]{0,60}\bAPI\b`)
	// request is a call of a web interface as one types it.
	request = pattern.New(`(?m)\bcurl\b.*(-X\b|-d\b|--data|/api/|localhost|127\.0\.0\.1|\bjson)`)
	// repliesInJSON is a sentence on the form of what comes back for a command.
	repliesInJSON = pattern.New(`(?i)\b(responses?|repl(y|ies)|answers)\b[^.]{0,60}\bJSON\b|\bJSON\b[^.]{0,20}\b(responses?|repl(y|ies)|answers)\b`)
	// answer is the beginning of an answer in JSON.
	answer = pattern.New(`^\s*[{\[]`)
	// interfaceWord are the words for an interface of the web.
	interfaceWord = pattern.New(`\bAPI\b|\b[Ee]ndpoints?\b`)
	// vendors are services whose interfaces a program calls, so that a description of them is not its own.
	vendors = pattern.New(`https?://(www\.|api\.|docs\.)?(virustotal|shodan|abuseipdb|censys|urlscan|hybrid-analysis|greynoise|slack` +
		`|telegram|googleapis|openai|anthropic)\.`)
	// keyHead is a heading under which an operator stores the keys of other people's interfaces.
	keyHead = pattern.New(`(?i)\b(keys?|tokens?|credentials)\b`)
)

const (
	referenceCalls = 3   // a page with fewer calls speaks of an interface and does not describe it
	outputEntries  = 10  // a part on the output with fewer fields or events is no reference
	guidePages     = 3   // fewer pages beside the settings of a generator are its front page and notes
	extensionWords = 150 // a guide to extensions with fewer words does not describe the interface
)

func judgeDocumentedAPI(v *View) Finding {
	if v.isCollection() {
		return notApplicable("a collection of data, not a program, has no interface")
	}
	for _, p := range v.Listed {
		if isInterfaceFile(p) {
			return met([]Evidence{named(p, "description of the interface")}, "%s describes the interface", p)
		}
	}
	var weak *Finding
	note := func(f Finding) {
		if weak == nil {
			weak = &f
		}
	}
	own := v.ownModules()
	for _, d := range v.Docs {
		if isMetadata(d.Path) || isChangelog(d.Path) || isHidden(d.Path) && !strings.HasPrefix(d.Path, ".github/") {
			continue
		}
		f, ok := interfaceDocument(d)
		if e := imported(d, own); e != nil && !ok {
			note(partial([]Evidence{*e}, "%s shows the use as a library; a reference is missing", d.Place()))
		}
		if shown, some := requestDocument(d); some && !ok {
			note(shown)
		}
		switch {
		case !ok:
		case isStale(d.Document()):
			note(partial(f.Evidence, "%s describes the interface and says that it is out of date", d.Place()))
		case v.outdated(d) != nil:
		default:
			return f
		}
	}
	if e := v.sentence(selfDescribed, func(d *Doc, _ *document.Block, s string) bool {
		return !isPart(d.Path) && !handlesDescriptions.MatchString(s) && selfDescribed.MatchString(urlText.ReplaceAllString(s, " "))
	}); e != nil {
		e.Note = "description of the interface"
		return met([]Evidence{*e}, "%s says that the program describes its interface by OpenAPI", e.Path)
	}
	packages := v.packages()
	maps.DeleteFunc(packages, func(_ string, e Evidence) bool { return isPart(e.Path) })
	if name, e := firstOf(packages, interfacePackages); e != nil {
		return met([]Evidence{*e}, "%s makes the program describe its own interface", name)
	}
	for _, p := range v.Listed {
		if !generatorFile.MatchString(p) {
			continue
		}
		if pages := v.doxygenPages(); len(pages) >= guidePages {
			return met([]Evidence{named(pages[0], "page of the reference")}, "%s and other pages describe the interface for Doxygen", pages[0])
		}
		note(partial([]Evidence{named(p, "makes a reference")}, "%s makes a reference from the code, which is not part of the tree", p))
	}
	if weak != nil {
		return *weak
	}
	return interfaceElsewhere(v)
}

// doxygenPages returns the pages that people wrote for a reference that Doxygen makes, the main page first.
func (v *View) doxygenPages() []string {
	pages := slices.DeleteFunc(slices.Clone(v.Listed), func(p string) bool { return path.Ext(p) != ".dox" })
	if i := slices.IndexFunc(pages, func(p string) bool { return path.Base(p) == "main.dox" || path.Base(p) == "mainpage.dox" }); i > 0 {
		pages[0], pages[i] = pages[i], pages[0]
	}
	return pages
}

// isInterfaceFile tells a machine-readable description of an interface by its name.
func isInterfaceFile(p string) bool {
	switch strings.ToLower(path.Ext(p)) {
	case ".yaml", ".yml", ".json", ".raml", ".proto":
		return interfaceFile.MatchString(p) && !isHidden(p)
	}
	return false
}

// interfaceDocument tells whether a document describes an interface: as a page of that name, in a part under such a heading,
// as a reference that is made from the code, or as a guide to writing extensions.
func interfaceDocument(d *Doc) (Finding, bool) {
	doc := d.Document()
	if hit := generated.FindStringIndex(d.Content()); hit != nil {
		line := lineAt(d.Content(), hit[0]+strings.IndexFunc(d.Content()[hit[0]:], func(r rune) bool { return !unicode.IsSpace(r) }))
		return met([]Evidence{at(d, line, line, "reference made from the code")}, "%s is a reference made from the code", d.Place()), true
	}
	name := strings.TrimSuffix(path.Base(d.Path), path.Ext(d.Path))
	if otherPage.MatchString(snake(name)) {
		return Finding{}, false // it tells what became of another interface
	}
	if interfacePage.MatchString(snake(name)) &&
		len(call.FindAllString(d.Content(), referenceCalls)) == referenceCalls {
		return met([]Evidence{titled(d, "reference of the interface")}, "%s describes the interface", d.Place()), true
	}
	signatures := 0
	for i := range doc.Sections {
		s := &doc.Sections[i]
		if s.Level == 0 {
			continue
		}
		if signature.MatchString(s.Heading) {
			if signatures++; signatures == referenceCalls {
				return met([]Evidence{at(d, s.Line, s.End, "a function and its parameters")}, "%s describes the functions of an interface", d.Place()), true
			}
		}
		text := sectionText(doc, i)
		switch {
		case outputHead.MatchString(s.Heading) && !aboutSettings.MatchString(strings.ReplaceAll(snake(name), "_", " ")) && strings.Contains(text, "JSON") && entries(doc, i) >= outputEntries:
			return met([]Evidence{at(d, s.Line, s.End, "reference of the output")}, "%s describes the output for programs under %q", d.Place(), s.Heading), true
		case vendors.MatchString(text) || keyHead.MatchString(s.Heading):
		case interfaceHead.MatchString(s.Heading) && (len(call.FindAllString(text, referenceCalls)) == referenceCalls || endpoints(doc, i) >= referenceCalls),
			!isTitle(doc, i) && interfaceWord.MatchString(text) && len(request.FindAllString(text, 2)) == 2:
			return met([]Evidence{at(d, s.Line, s.End, "description of the interface")}, "%s describes the interface under %q", d.Place(), s.Heading), true
		case isExtensionGuide(d, i):
			return met([]Evidence{at(d, s.Line, s.End, "interface for extensions")}, "%s describes the interface for extensions", d.Place()), true
		}
	}
	if e := commandReference(d); e != nil {
		return met([]Evidence{*e}, "%s describes the commands and what comes back for them", d.Place()), true
	}
	return Finding{}, false
}

// commandReference finds, in a document that says that replies are in JSON, three answers at least under headings of different
// commands.
func commandReference(d *Doc) *Evidence {
	doc := d.Document()
	var said *Evidence
	sections := map[int]bool{}
	for i := range doc.Blocks {
		b := &doc.Blocks[i]
		switch {
		case b.Kind == document.Code && answer.MatchString(b.Text):
			sections[b.Section] = true
		case said == nil && isProse(b.Kind) && repliesInJSON.MatchString(b.Text) && !vendors.MatchString(d.Content()):
			e := at(d, b.Line, b.End, "form of the replies")
			said = &e
		}
	}
	if len(sections) < referenceCalls {
		return nil
	}
	return said
}

// importing matches the import of a module of Python and captures it.
var importing = pattern.New(`(?m)^(?:>>> )?(?:from|import) (\w+)\b`)

// ownModules returns the names of the modules of Python that the tree holds.
func (v *View) ownModules() []string {
	var names []string
	for _, p := range v.Listed {
		if module, ok := strings.CutSuffix(strings.TrimPrefix(p, "src/"), "/__init__.py"); ok && !strings.Contains(module, "/") {
			names = append(names, module)
		}
	}
	return names
}

// imported finds a sample in a text for users that imports a module of the project.
func imported(d *Doc, modules []string) *Evidence {
	if len(modules) == 0 || !ofWhole(d.Path) {
		return nil
	}
	for i := range d.Document().Blocks {
		b := &d.Document().Blocks[i]
		if b.Kind != document.Code {
			continue
		}
		for _, m := range importing.FindAllStringSubmatch(b.Text, -1) {
			if slices.Contains(modules, m[1]) {
				e := at(d, b.Line, b.End, "use as a library")
				return &e
			}
		}
	}
	return nil
}

// entries counts the items of lists, the rows of tables and the sections in a section.
func entries(doc *document.Document, section int) (n int) {
	for _, b := range doc.Under(section) {
		if b.Kind == document.Item || b.Kind == document.Cell || b.Kind == document.Heading {
			n++
		}
	}
	return n
}

// endpoints counts the headings, items and cells in a section that begin with the path of a request: /fingerprints.
func endpoints(doc *document.Document, section int) (n int) {
	for _, b := range doc.Under(section) {
		if (b.Kind == document.Item || b.Kind == document.Cell || b.Kind == document.Heading) && endpoint.MatchString(b.Text) && !inFileSystem.MatchString(b.Text) {
			n++
		}
	}
	return n
}

// requestDocument returns the part under such a heading that shows a request and the answer to it, or how the program is used
// as a library: more is not told.
func requestDocument(d *Doc) (Finding, bool) {
	doc := d.Document()
	for i := range doc.Sections {
		s := &doc.Sections[i]
		library := libraryUse.MatchString(s.Heading)
		if webhookHead.MatchString(s.Heading) && hasCode(doc, i) && document.HasWords(sectionText(doc, i), "payload*") {
			return partial([]Evidence{at(d, s.Line, s.End, "what is sent to a webhook")},
				"%s shows what is sent to a webhook under %q; a reference is missing", d.Place(), s.Heading), true
		}
		if s.Level == 0 || !library && (isTitle(doc, i) || !interfaceHead.MatchString(s.Heading)) || keyHead.MatchString(s.Heading) {
			continue
		}
		asked, imported, blocks := false, false, doc.Under(i)
		if library && i == 1 { // the page is about nothing else, whatever the levels of its headings
			blocks = part(doc, 0)
		}
		for _, b := range blocks {
			if b.Kind == document.Code && library && call.MatchString(b.Text) {
				return partial([]Evidence{at(d, s.Line, s.End, "use as a library")}, "%s shows the use as a library under %q; a reference is missing",
					d.Place(), s.Heading), true
			}
			imported = imported || library && isProse(b.Kind) && document.HasWords(b.Text, "import")
			if asked && b.Kind == document.Code && answer.MatchString(b.Text) {
				return partial([]Evidence{at(d, s.Line, s.End, "a request and its answer")},
					"%s shows a request and its answer under %q; a reference is missing", d.Place(), s.Heading), true
			}
			asked = asked || b.Kind == document.Code && call.MatchString(b.Text) && !vendors.MatchString(b.Text)
		}
		if imported {
			return partial([]Evidence{at(d, s.Line, s.End, "use as a library")}, "%s says under %q that programs can import it; a reference is missing",
				d.Place(), s.Heading), true
		}
	}
	return Finding{}, false
}

func hasCode(doc *document.Document, section int) bool {
	for _, b := range doc.Under(section) {
		if b.Kind == document.Code {
			return true
		}
	}
	return false
}

// interfaceElsewhere looks for a link to a reference that stands elsewhere, or for a page that speaks of an interface without describing it.
func interfaceElsewhere(v *View) Finding {
	for _, d := range v.Docs {
		for _, l := range d.Document().Links() {
			if !isMetadata(d.Path) && !isPart(d.Path) && !l.Image && interfaceTarget.MatchString(l.Target) && v.ownAddress(l.Target) {
				return partial([]Evidence{at(d, l.Line, l.Line, "link to a description")}, "%s only links a description of the interface elsewhere", d.Place())
			}
		}
	}
	e := v.sentence(interfaceLink, func(d *Doc, b *document.Block, s string) bool {
		return !isPart(d.Path) && slices.ContainsFunc(b.Links, func(l document.Link) bool {
			return !l.Image && strings.HasPrefix(l.Target, "http") && !vendors.MatchString(l.Target) && !v.othersInterface(s, l.Target)
		})
	})
	if e != nil {
		return partial([]Evidence{*e}, "%s only links a description of the interface elsewhere", e.Path)
	}
	return unmet(nil, "no interface for programs is described")
}

// interfaceOf captures whose interface a text speaks of.
var interfaceOf = pattern.New(`\b(\w{4,})(?: \w+)? API\b`)

// othersInterface reports whether a sentence names an interface after the site that a link leads to, which is not the project's.
func (v *View) othersInterface(sentence, target string) bool {
	u, err := url.Parse(target)
	if err != nil || v.ownAddress(u.Hostname()) {
		return false
	}
	host := strings.ToLower(u.Hostname())
	return slices.ContainsFunc(interfaceOf.FindAllStringSubmatch(sentence, -1), func(m []string) bool {
		return slices.Contains(strings.Split(host, "."), strings.ToLower(m[1]))
	})
}

// ownAddress reports whether an address names the project or its owner.
func (v *View) ownAddress(target string) bool {
	lower := strings.ToLower(target)
	for _, word := range strings.FieldsFunc(strings.ToLower(v.Name), func(r rune) bool { return r == '/' || r == '-' || r == '_' || r == '.' }) {
		if word = strings.TrimRight(word, "0123456789"); len(word) > 3 && word != "project" && strings.Contains(lower, word) {
			return true
		}
	}
	return false
}

package check

import (
	"path"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/manifest"
	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

var csirtConnectors = &Check{
	ID:      "csirt-connectors",
	Name:    "Connectors to CSIRT tools",
	Short:   "connectors to CSIRT tools",
	Asks:    "Does it connect to tools that CSIRTs use?",
	Clause:  practice.IntegratedConnector,
	Why:     "A tool that connects to those in use is adopted.",
	Fix:     "Add a connector to a tool that CSIRTs use, such as MISP, TheHive or IntelMQ.",
	Met:     "Integration code is part of the project.",
	Partial: "Integration exists elsewhere.",
	Unmet:   "None.",

	Needs: repo.Files,
	Reads: slices.Concat([]string{"{,.github/,docs/,doc/}readme*", "samples/readme*", "examples/readme*", handbook, settingsFiles}, manifest.ManifestGlobs, sourceSample),
	Lists: []string{everything},
	Judge: judgeCSIRTConnectors,
}

// settingsFiles are samples of a configuration that the project ships.
const settingsFiles = "{config,conf,etc}/{,*/}*.{conf,ini,cfg,default,sample,example,dist}"

// tools are the tools that CSIRTs use.
var tools = []trace{
	{"MISP", list("pymisp misp-stix misp-lib-stix2 go-misp gomisp"), list("misp pymisp mispexport mispimport mispevent mispclient mispfeed"),
		[]string{"MISP", "PyMISP"}},
	{"TheHive", list("thehive4py thehive4go"), list("thehive thehive4py"), []string{"TheHive", "The Hive"}},
	{"Cortex", list("cortexutils cortex4py"), list("cortex cortexutils"), []string{"Cortex"}},
	{"IntelMQ", list("intelmq"), list("intelmq"), []string{"IntelMQ"}},
	{"n6", list("n6sdk n6lib"), list("n6"), []string{"n6"}},
	{"AIL", list("pyail"), list("ail pyail"), []string{"AIL"}},
	{"cve-search", list("pycvesearch"), list("cvesearch pycvesearch"), []string{"cve-search", "CVE-Search"}},
	{"Vulnerability-Lookup", list("pyvulnerabilitylookup"), list("vulnerabilitylookup pyvulnerabilitylookup"), []string{"Vulnerability-Lookup"}},
	{"OpenCTI", list("pycti connectors-sdk"), list("opencti pycti"), []string{"OpenCTI"}},
	{"MWDB", list("mwdblib"), list("mwdb mwdblib"), []string{"MWDB", "mwdb"}},
	{"Karton", list("karton-core"), list("karton"), []string{"Karton", "karton"}},
	{"DFIR-IRIS", list("dfir-iris-client iris-module-interface"), list("dfiriris irisclient irisevidence"), []string{"DFIR-IRIS"}},
	{"Velociraptor", list("pyvelociraptor"), list("velociraptor pyvelociraptor"), []string{"Velociraptor"}},
	{"Timesketch", list("timesketch-api-client timesketch-import-client"), list("timesketch"), []string{"Timesketch"}},
	{"GRR", list("grr-api-client grr-response-client"), list("grr"), []string{"GRR"}},
	{"Yeti", list("pyeti-python3 pyeti yeti-python"), list("yeti yetiindicators"), []string{"YETI", "Yeti"}},
	{"IntelOwl", list("pyintelowl"), list("intelowl pyintelowl"), []string{"IntelOwl"}},
	{"AssemblyLine", list("assemblyline-client assemblyline-v4-service assemblyline-base"), list("assemblyline"), []string{"AssemblyLine", "Assemblyline"}},
	{"Lookyloo", list("pylookyloo"), list("lookyloo pylookyloo"), []string{"Lookyloo"}},
	{"Pandora", list("pypandora"), list("pypandora"), []string{"Pandora"}},
	{"hashlookup", list("pyhashlookup"), list("hashlookup pyhashlookup"), []string{"hashlookup"}},
	{"Cerebrate", nil, list("cerebrate cerebrates"), []string{"Cerebrate"}},
	{"RTIR", nil, list("rtir"), []string{"RTIR"}},
	{"Autopsy", nil, list("autopsy"), []string{"Autopsy"}},
	{"Warden", list("warden-client"), list("wardenclient wardenfiler"), []string{"Warden"}},
}

// sandboxes run samples, which is a small part of a CSIRT's work.
var sandboxes = []trace{
	{"Cuckoo", nil, list("cuckoo cuckoosandbox"), []string{"Cuckoo"}},
	{"CAPE", nil, list("cape capev2 capesandbox"), []string{"CAPE", "CAPEv2"}},
	{"DRAKVUF", nil, list("drakvuf"), []string{"DRAKVUF"}},
}

var (
	// connecting are the stems of the words that say what joins the program to another one.
	connecting = pattern.New(`(?i)\b(integrat|connect|export|import|push|send|forward|modules?\b|plug-?in|client|quer|enrich|sync|feed|receiv` +
		`|interact|report|submit|used? (by|in|with)\b|process\w* (by|in|with)\b|support|shar|back-?end)`)
	// onIntegrations is a heading under which tools are listed that something joins to the program.
	onIntegrations = pattern.New(`(?i)\b(integrations?|connectors?|interoperability|works with|compatib\w+)\b`)
	// integrationsHead is a heading under which integrations by others are listed.
	integrationsHead = pattern.New(`(?i)\b(third[- ]party|community|external|unofficial) integrations\b` +
		`|\bintegrations (by|with|into|in) (others?|other|third)\b`)
	// needed is a sentence by which the program stands on another tool.
	needed = pattern.New(`(?i)\b(requires?|built (up)?on|based on|relies on|depends on|front-?end (for|to)|client (for|of))\b`)
)

func judgeCSIRTConnectors(v *View) Finding {
	packages, sources := v.packages(), v.sourceNames(true)
	v.dropUnused(packages, tools)
	if v.isCollection() {
		sources = nil // what keeps the collection in order is not what it offers
	}
	others := slices.DeleteFunc(slices.Clone(tools), func(t trace) bool { return t.isRepository(path.Base(v.Name)) })
	for i := range others {
		if by, e := others[i].shown(packages, sources); e != nil {
			if strings.HasPrefix(snake(e.Path), snake(path.Base(v.Name))) { // it bears the name of the project, which says what for
				if f, ok := v.connectorText(others[i : i+1]); ok && f.Status == Met {
					return f
				}
			}
			return met([]Evidence{*e}, "%s connects to %s", by, others[i].name)
		}
	}
	if p, tool := v.automation(others); p != "" {
		return met([]Evidence{named(p, tool)}, "%s connects to %s", p, tool)
	}
	if f, ok := v.siblingConnector(others); ok {
		return f
	}
	if f, ok := v.connectorText(others); ok {
		return f
	}
	if f, ok := v.connectorSettings(others); ok {
		return f
	}
	for i := range sandboxes {
		if by, e := sandboxes[i].shown(packages, sources); e != nil && !sandboxes[i].isProgram(path.Base(v.Name), e.Path) {
			return partial([]Evidence{*e}, "%s connects to the sandbox %s, nothing to a tool for incidents or indicators", by, sandboxes[i].name)
		}
	}
	return unmet(nil, "no connector to a tool that CSIRTs use")
}

// settingsPart is the name of a part of a configuration: [misp].
var settingsPart = pattern.New(`^\[([\w-]+)\]\s*$`)

// connectorSettings finds a part of the configuration that is named after a tool: what reads it stands elsewhere.
func (v *View) connectorSettings(others []trace) (Finding, bool) {
	for _, d := range v.Matching(settingsFiles) {
		number := 0
		for line := range strings.Lines(d.Content()) {
			number++
			m := settingsPart.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			part := strings.ReplaceAll(snake(m[1]), "_", "")
			if t := slices.IndexFunc(others, func(t trace) bool { return slices.Contains(t.files, part) }); t >= 0 {
				return partial([]Evidence{at(d, number, 0, "settings for "+others[t].name)},
					"%s has settings for %s, but no connector is part of the project", d.Place(), others[t].name), true
			}
		}
	}
	return Finding{}, false
}

// actions are words in the name of a definition that tell that it does something with the tool that it is named after.
var actions = list("upload export import alert case feed enrich enrichment analyzer analyser analysis sync push publish lookup search query submit report")

// automation finds a definition in YAML, as platforms keep what they run, that is named after a tool and what it does with it:
// TheHive/Alert.yaml, TimesketchUpload.yaml.
func (v *View) automation(others []trace) (file, tool string) {
	if v.isCollection() {
		return "", ""
	}
	for _, p := range v.Listed {
		ext := path.Ext(p)
		if ext != ".yaml" && ext != ".yml" || isHidden(p) || strings.Contains(p, "rules") || strings.Contains(path.Dir(p), "test") {
			continue
		}
		folder, base := path.Base(path.Dir(p)), strings.TrimSuffix(path.Base(p), ext)
		words := strings.FieldsFunc(snake(folder)+"_"+snake(base), func(r rune) bool { return r == '_' })
		last := len(words) - 1
		if !slices.Contains(actions, words[last]) {
			continue
		}
		for i := range last { // the tool stands before what is done with it
			pair := words[i]
			if i+1 < last {
				pair += words[i+1]
			}
			if t := slices.IndexFunc(others, func(t trace) bool { return slices.Contains(t.files, words[i]) || slices.Contains(t.files, pair) }); t >= 0 {
				return p, others[t].name
			}
		}
	}
	return "", ""
}

// isRepository reports whether a repository of that name is the tool itself, not something that connects to it.
func (t *trace) isRepository(name string) bool {
	name = strings.ReplaceAll(snake(name), "_", "")
	for _, suffix := range []string{"framework", "core", "base", "web", "server"} {
		name = strings.TrimSuffix(name, suffix)
	}
	return name == strings.ReplaceAll(strings.ToLower(t.name), "-", "") || t.name == "DFIR-IRIS" && name == "iris"
}

// isProgram reports whether a repository is the tool itself or grew out of it: a program at the root is named after the tool.
func (t *trace) isProgram(name, file string) bool {
	return t.isRepository(name) || slices.Contains(t.files, strings.ToLower(name)) || isProgram(file) && !strings.Contains(file, "/")
}

// isAddition reports whether a repository of that name is named after the tool and what it adds to it: misp-dashboard.
func (t *trace) isAddition(name string) bool {
	first, rest, _ := strings.Cut(snake(name), "_")
	return rest != "" && slices.Contains(t.files, first)
}

// tellsOfConnectors reports whether a file is a text for readers: neither metadata, nor a history of changes, nor settings, nor code.
func tellsOfConnectors(p string) bool {
	switch strings.ToLower(path.Ext(p)) {
	case ".conf", ".ini", ".cfg":
		return false
	}
	return !isMetadata(p) && !isChangelog(p) && !isSample(p) && !sourceFile.MatchString(strings.ToLower(p))
}

// siblingConnector looks for a connector that the project keeps in a repository of its own, as its documents link it.
func (v *View) siblingConnector(others []trace) (Finding, bool) {
	owner := v.owner()
	for _, d := range v.Docs {
		if !tellsOfConnectors(d.Path) {
			continue
		}
		for _, l := range d.Document().Links() {
			m := onForge.FindStringSubmatch(l.Target)
			if m == nil || !strings.EqualFold(m[1], owner) || strings.EqualFold(m[2], path.Base(v.Name)) {
				continue
			}
			for i := range others {
				t := &others[i]
				if !t.isRepository(m[2]) && !strings.EqualFold(owner, t.name) &&
					slices.ContainsFunc(strings.Split(snake(m[2]), "_"), func(word string) bool { return slices.Contains(t.files, word) }) {
					return met([]Evidence{at(d, l.Line, l.Line, "a connector of the project")}, "%s of the same owner connects to %s", m[2], t.name), true
				}
			}
		}
	}
	return Finding{}, false
}

// connectorText looks for sentences on other tools: that the program stands on one, or that something joins them.
func (v *View) connectorText(others []trace) (Finding, bool) {
	var weak *Finding
	program := !v.isCollection()
	for _, d := range v.Docs {
		if !tellsOfConnectors(d.Path) {
			continue
		}
		for i := range others {
			t := &others[i]
			if !d.holds(lowered(t.texts)) {
				continue
			}
			for _, b := range d.Document().Prose() {
				if !t.in(b.Text) {
					continue
				}
				for _, s := range b.Sentences() {
					line := b.LineAt(max(0, strings.Index(b.Text, s.Text)) + max(0, document.IndexWords(s.Text, t.texts...)))
					place := []Evidence{at(d, line, line, "on "+t.name)}
					switch {
					case !t.in(s.Text) || notExchanged.MatchString(s.Text):
					case program && needed.MatchString(s.Text):
						return met(place, "the program works on top of %s", t.name), true
					case program && ofWhole(d.Path) && t.isAddition(path.Base(v.Name)) && connecting.MatchString(s.Text):
						return met(place, "the program is an addition to %s", t.name), true
					case weak == nil && (connecting.MatchString(s.Text) || underHeading(d.Document(), b.Section, onIntegrations)):
						f := partial(place, "%s speaks of %s, but no connector is part of the project", d.Place(), t.name)
						weak = &f
					}
				}
			}
		}
	}
	if weak == nil {
		return v.listedIntegrations()
	}
	return *weak, true
}

// fewIntegrations is from how many links a list of integrations is one.
const fewIntegrations = 3

// listedIntegrations finds a list of integrations that are kept elsewhere, whatever they join to the program.
func (v *View) listedIntegrations() (Finding, bool) {
	for _, d := range v.Docs {
		if !tellsOfConnectors(d.Path) {
			continue
		}
		doc := d.Document()
		for i := 1; i < len(doc.Sections); i++ {
			s := &doc.Sections[i]
			if isTitle(doc, i) || !integrationsHead.MatchString(s.Heading) {
				continue
			}
			links := 0
			for _, b := range doc.Under(i) {
				if (b.Kind == document.Item || b.Kind == document.Cell) &&
					slices.ContainsFunc(b.Links, func(l document.Link) bool { return !l.Image && strings.Contains(l.Target, "://") }) {
					links++
				}
			}
			if links >= fewIntegrations {
				return partial([]Evidence{at(d, s.Line, s.End, "integrations elsewhere")},
					"%s lists integrations that are kept elsewhere; no connector to a tool that CSIRTs use is part of the project", d.Place()), true
			}
		}
	}
	return Finding{}, false
}

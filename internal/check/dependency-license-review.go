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

var dependencyLicenseReview = &Check{
	ID:      "dependency-license-review",
	Name:    "Review of dependency licences",
	Short:   "licence review of dependencies",
	Asks:    "Is the compatibility of the dependencies' licences reviewed regularly?",
	Clause:  practice.CompatibleLicenses,
	Why:     "Dependencies under incompatible terms can make a tool impossible to distribute.",
	Fix:     "Keep an SBOM or run a licence check of the dependencies in CI.",
	Met:     "An inventory, SBOM or licence check is kept or runs.",
	Partial: "A configuration that nothing runs, or advice to contributors only.",
	Unmet:   "No sign of a review.",

	Needs: repo.Files,
	Reads: slices.Concat(manifest.CIGlobs, inventoryFiles, manifest.SBOMGlobs, reviewSettings, licensedLocks, licenseTexts, adviceFiles),
	Lists: slices.Concat(manifest.ManifestGlobs, manifest.LockGlobs, codeGlobs),
	Judge: judgeDependencyLicenseReview,
}

var (
	// inventoryFiles list the licences of other people's code.
	inventoryFiles = []string{
		// Each alternative of a glob multiplies the work for every file of the tree, so these have few.
		"{,*/}{third,3rd}*part*{licen,notice,software,component,attribution,dependenc}*", "{,*/}{third,3rd}*part{y,ies}{,.md,.txt,.html}",
		"{,*/}{copying,licen[cs]e}*{third,3rd}*part*",
		"{,docs/,legal/}{notice,components,attributions,acknowledg*,dependenc*licen*,licen*dependenc*}{,.*}",
		"{licenses,licences,legal}/readme{,.md,.txt,.rst}", "{,docs/,legal/}*{open,oss}*licen*.{md,txt,rst,html,csv,json}", "{,.github/,docs/}legal[-_]notice*",
	}
	// reviewSettings are the settings of tools that check licences.
	reviewSettings = []string{"debian/copyright", "deny.toml", ".fossa.y*ml", ".ort.y*ml", "{,.github/}.licensed.y*ml", ".licenserc.y*ml",
		"liccheck.ini", ".wwhrd.y*ml", ".licensei.toml", "dependency_decisions.yml", "reuse.toml", ".reuse/dep5"}
	// licensedLocks are lock files that name the licence of each dependency.
	licensedLocks = []string{"{,*/,*/*/}composer.lock", "{,*/,*/*/}{package-lock.json,npm-shrinkwrap.json}"}
	// adviceFiles may tell contributors what they may use.
	adviceFiles = []string{"{,.github/}contributing*", proposalTemplates, "readme*",
		"{docs,doc}/**/{contribut*,develop*,how-to*,*guide*}.{md,rst}", "{docs,doc}/{dev,dev*,contrib*}/**/*.{md,rst}",
		"**/readme*.{md,rst}"}
)

// reviewer is a tool that CI runs.
type reviewer struct {
	form *pattern.Pattern
	name string
}

var (
	// licenseCheckers check the licences of dependencies.
	licenseCheckers = []reviewer{
		{pattern.New(`(?i)\bpip-?licenses?\b`), "pip-licenses"}, {pattern.New(`(?i)\bliccheck\b`), "liccheck"},
		{pattern.New(`(?i)\blicensecheck\b`), "licensecheck"},
		{pattern.New(`(?i)\blicense-checker(?:-\w+)?\b|\blicense-compliance\b`), "license-checker"},
		{pattern.New(`(?i)\blicense[_-]finder\b`), "LicenseFinder"},
		{pattern.New(`(?i)\blicensed (?:status|cache)\b|github/licensed`), "licensed"}, {pattern.New(`(?i)\bfossa\b`), "FOSSA"},
		{pattern.New(`(?i)oss-review-toolkit|\bort (?:analyze|evaluate)\b`), "ORT"},
		{pattern.New(`(?i)\bscancode\b`), "ScanCode"}, {pattern.New(`(?i)\bgo-licenses\b`), "go-licenses"},
		{pattern.New(`(?i)\bwwhrd\b`), "wwhrd"}, {pattern.New(`(?i)\blicensei (?:check|cache)\b`), "licensei"},
		{pattern.New(`(?i)cargo[- ]deny`), "cargo-deny"}, {pattern.New(`(?i)\bcargo[- ](?:about|license|bundle-licenses)\b`), "cargo about"},
		{pattern.New(`(?i)\bcomposer (?:[\w-]+ )*licenses\b`), "composer licenses"},
		{pattern.New(`(?i)\blicense:(?:add-third-party|aggregate|check|third-party)|\bcheckLicense\b|dependencyLicense`), "the licence plug-in"},
		{pattern.New(`(?i)license-eye dep|skywalking-eyes/dependency`), "license-eye"},
		{pattern.New(`(?i)\bnuget-license\b|dotnet-project-licenses`), "nuget-license"},
		{pattern.New(`(?i)black-?duck|whitesource|\bmend\b`), "a composition analysis"},
		{pattern.New(`(?i)\btrivy\b.*--(?:scanners|security-checks)[ =]\S*license`), "Trivy"}, {pattern.New(`(?i)\bgrant check\b`), "Grant"},
	}
	// inventoryMakers write an SBOM.
	inventoryMakers = []reviewer{
		{pattern.New(`(?i)anchore/sbom-action|\bsyft\b`), "Syft"}, {pattern.New(`(?i)\bcyclonedx\b|\bcdxgen\b`), "CycloneDX"},
		{pattern.New(`(?i)\bsbom-tool\b|spdx-sbom-generator|\bbom generate\b|\b(?:cargo|npm|docker) sbom\b` +
			`|^[\w.-]+/\S*\bsbom\b`), "a step"}, // the last is an action, whoever's
		{pattern.New(`(?i)\btrivy\b.*--format[ =](?:cyclonedx|spdx)`), "Trivy"},
	}
	// reuseLint is a run of REUSE's own check.
	reuseLint = pattern.New(`(?i)fsfe/reuse|\breuse (?:--\S+ )*lint\b`)
	// adviceForm speaks of the licences of what a project takes in.
	adviceForm = pattern.New(`(?i)\b(?:dependenc\w+|librar\w+|components?|third[- ]part\w+|packages?)\b`)
)

func judgeDependencyLicenseReview(v *View) Finding {
	if len(v.Named(codeGlobs...)) == 0 && len(v.Named(manifest.ManifestGlobs...)) == 0 && len(v.Named(manifest.LockGlobs...)) == 0 {
		return notApplicable("there is no program in the tree that could have dependencies")
	}
	f := reviewOf(v)
	var lists []declaration
	for _, d := range v.Matching(slices.Concat(licensedLocks, manifest.SBOMGlobs)...) {
		deps := manifest.ReadDependencies(d.Path, d.Content())
		if deps == nil {
			deps = manifest.ReadSBOM(d.Content())
		}
		if deps != nil {
			lists = append(lists, declaration{d, deps})
		}
	}
	found, known := conflicts(projectIDs(v), lists)
	switch {
	case len(found) > 0:
		c := found[0]
		where := at(c.doc, lineOf(c.doc, `"`+c.dep.Name+`"`), 0, c.dep.Name+" is under "+c.id)
		if f.Status == Met {
			return partial(append(f.Evidence, where), "the licences are reviewed, but that of %s (%s) %s", c.dep.Name, c.id, c.says)
		}
		if f.Status == Unmet {
			return unmet([]Evidence{where}, "no SBOM, inventory or licence check of the dependencies, and the licence of %s (%s) %s", c.dep.Name, c.id, c.says)
		}
	case f.Status == Unmet && known > 0:
		f.Reason = "no SBOM, inventory or licence check of the dependencies; the licences in " + lists[0].doc.Place() + " show no conflict"
	}
	return f
}

// projectIDs returns the licences of the project's own texts.
func projectIDs(v *View) []string {
	l := &licensing{}
	for _, d := range v.Matching(licenseTexts...) {
		if !strings.Contains(d.Path, "/") && !thirdParty.MatchString(path.Base(d.Path)) {
			l.readText(d)
		}
	}
	var ids []string
	for i := range l.terms {
		ids = append(ids, l.terms[i].ids...)
	}
	return ids
}

// review is what speaks for a review of the licences: the first strong sign and the first weak one.
type review struct{ strong, weak *Finding }

// reviewOf looks for signs of a review, the strongest kind first.
func reviewOf(v *View) Finding {
	var r review
	for _, look := range []func(*View){r.components, r.inventories, r.bundledTerms, r.headedLists, r.pipelines, r.settings, r.advice} {
		look(v)
		if r.strong != nil {
			return *r.strong
		}
	}
	if r.weak != nil {
		return *r.weak
	}
	return unmet(nil, "no SBOM, inventory or licence check covers the dependencies")
}

// note keeps a sign if it is the first of its strength.
func (r *review) note(f Finding) {
	switch {
	case f.Status == Met && r.strong == nil:
		r.strong = &f
	case f.Status != Met && r.weak == nil:
		r.weak = &f
	}
}

// components looks for an SBOM.
func (r *review) components(v *View) {
	for _, d := range v.Matching(manifest.SBOMGlobs...) {
		if s := manifest.ReadSBOM(d.Content()); s != nil && len(s.List) > 1 {
			r.note(met([]Evidence{whole(d, "SBOM")}, "%s lists the components", d.Place()))
		}
	}
}

// inventories looks for files that hold the licences of third parties.
func (r *review) inventories(v *View) {
	for _, d := range v.Matching(inventoryFiles...) {
		switch n := licensesIn(d); {
		case n >= 3:
			r.note(met([]Evidence{titled(d, "licences of third parties")}, "%s lists the licences of third parties", d.Place()))
		case n > 0 || thirdPartyWords.MatchString(d.Content()):
			r.note(partial([]Evidence{titled(d, "third parties")}, "%s names some third parties, which is no inventory of the licences", d.Place()))
		}
	}
}

// bundledForm is how a licence file comes to the licence of a part that the project bundles.
var bundledForm = pattern.New(`(?i)` + underFollowing + `|\bthis (?:product|project|software|distribution|repository) bundles\b`)

// bundledTerms looks for a licence file of the project that goes on with the licences of the parts that it bundles.
func (r *review) bundledTerms(v *View) {
	for _, d := range v.Matching(licenseTexts...) {
		if strings.Contains(d.Path, "/") {
			continue
		}
		content := d.Content()
		if all := inLines(bundledForm, content[:min(len(content), maxLicenseText)]); len(all) >= 3 {
			r.note(met([]Evidence{at(d, lineAt(content, all[0][0]), 0, "licence of a bundled part")}, "%s lists the licences of bundled parts", d.Place()))
		}
	}
}

// headedLists looks for a part of the README that lists the licences of third parties.
func (r *review) headedLists(v *View) {
	for _, d := range v.Matching(readmeGlob) {
		if s := inventoryIn(d); s != nil {
			r.note(met([]Evidence{at(d, s.Line, s.End, "licences of third parties")}, "%s lists the licences of third parties under %q", d.Place(), s.Heading))
		}
	}
}

// pipelines looks for steps of CI that review, those that run by themselves first.
func (r *review) pipelines(v *View) {
	all := v.pipelines()
	for _, start := range []manifest.Start{manifest.ByItself, manifest.ByHand} {
		for _, p := range all {
			for _, j := range p.Jobs {
				for _, s := range j.Steps {
					if j.Start == start && !s.Off {
						r.step(s, start, []Evidence{at(p.doc, s.Line, 0, "step")})
					}
				}
			}
		}
	}
}

// step judges a step that does run.
func (r *review) step(s manifest.Step, start manifest.Start, evidence []Evidence) {
	if name := checksLicenses(s); name != "" {
		if start == manifest.ByHand {
			r.note(partial(evidence, "%s checks the licences of the dependencies only when somebody starts it", name))
		} else {
			r.note(met(evidence, "%s checks the licences of the dependencies in CI", name))
		}
		return
	}
	if name := writesInventory(s); name != "" {
		r.note(met(evidence, "%s writes an SBOM in CI", name))
	} else if reuseLint.MatchString(s.Uses + "\n" + s.Run) {
		r.note(partial(evidence, "REUSE checks the project's own files in CI, not those of its dependencies"))
	}
}

// settings looks for the settings of tools that review, and for a list of bundled parts.
func (r *review) settings(v *View) {
	for _, d := range v.Matching(reviewSettings...) {
		if isStanzas(d.Path) {
			if parts, terms := bundled(d.Content()); parts >= 3 && terms >= 2 {
				r.note(met([]Evidence{whole(d, "licences of bundled parts")}, "%s lists the licences of bundled parts", d.Place()))
			}
		}
		switch base := strings.ToLower(path.Base(d.Path)); {
		case base == "copyright":
		case base == "reuse.toml" || base == "dep5":
			r.note(partial([]Evidence{whole(d, "REUSE")}, "REUSE covers the project's own files, not its dependencies"))
		case base != "deny.toml" || strings.Contains(d.Content(), "[licenses"):
			r.note(partial([]Evidence{whole(d, "settings")}, "%s sets up a licence check that nothing runs", d.Place()))
		}
	}
}

// advice looks for a rule for contributors on what they may use.
func (r *review) advice(v *View) {
	if r.weak != nil {
		return
	}
	for _, d := range v.Matching(adviceFiles...) {
		for _, b := range d.Document().Prose() {
			if !strings.Contains(b.Text, "?") && document.HasWords(b.Text, "licen*") && document.HasWords(b.Text, "compatib*", "incompatib*", "restrictive") &&
				adviceForm.MatchString(b.Text) {
				r.note(partial([]Evidence{at(d, b.Line, b.End, "advice")},
					"%s asks contributors to mind the licences of what they use; nothing checks it", d.Place()))
			}
		}
	}
}

// checksLicenses names the tool with which a step checks the licences of dependencies, "" if it does not.
func checksLicenses(s manifest.Step) string {
	switch {
	case strings.Contains(s.Uses, "dependency-review-action") && s.With["allow-licenses"]+s.With["deny-licenses"]+s.With["config-file"] != "":
		return "the dependency review"
	case strings.Contains(s.Uses, "trivy-action") && strings.Contains(s.With["scanners"], "license"):
		return "Trivy"
	}
	return runs(s, licenseCheckers)
}

// writesInventory names the tool with which a step writes an SBOM, "" if it does not.
func writesInventory(s manifest.Step) string {
	format := s.With["format"]
	switch {
	case s.With["sbom"] == "true":
		return "the image's build"
	case strings.Contains(s.Uses, "trivy-action") && (format == "cyclonedx" || strings.HasPrefix(format, "spdx")):
		return "Trivy"
	}
	return runs(s, inventoryMakers)
}

func runs(s manifest.Step, tools []reviewer) string {
	for _, t := range tools {
		if t.form.MatchString(s.Uses + "\n" + s.Run) {
			return t.name
		}
	}
	return ""
}

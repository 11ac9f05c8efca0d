package check

import (
	"fmt"
	"slices"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/manifest"
	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

var securityAssessment = &Check{
	ID:      "security-assessment",
	Name:    "Security assessment",
	Short:   "security assessment",
	Asks:    "Is the code regularly assessed for security?",
	Clause:  practice.Assessment,
	Why:     "CSIRT tools process hostile data and are targets themselves.",
	Fix:     "Run a static security analysis, a fuzzer or a dependency scan in CI, or publish an audit report.",
	Met:     "Static analysis, fuzzing or scanning runs, or an audit is documented.",
	Partial: "Security linting at warning level, or scans of data only.",
	Unmet:   "No assessment is visible.",

	Needs: repo.Files,
	Reads: slices.Concat([]string{assessingWorkflows}, manifest.CIGlobs, manifest.TaskGlobs,
		[]string{".golangci.{yml,yaml,toml}", "pyproject.toml", "{,.}ruff.toml"},
		serviceConfigs, auditTexts, []string{"{,.github/,docs/}{readme,security}{,.md,.rst,.txt,.adoc}"}),
	Lists: slices.Concat(auditReports, fuzzTargets),
	Judge: judgeSecurityAssessment,
}

// assessingWorkflows are the workflows whose names tell of an assessment: a large project has more than are read of one glob.
const assessingWorkflows = ".github/workflows/*{codeql,secur,sast,audit,vuln,bandit,semgrep,trivy,snyk,fuzz,analy,coverity,sonar,scan}*.{yml,yaml}"

var (
	// serviceConfigs are the settings of services that analyse a repository from outside. LGTM is left out: it was closed down.
	serviceConfigs = []string{".deepsource.toml", ".codacy.{yml,yaml}", "sonar-project.properties", ".sonarcloud.properties", ".snyk"}
	auditReports   = []string{
		"{,docs/,doc/,documentation/,security/,audits/,audit/,.github/}**/*{security-audit,security_audit,pentest,pen-test,penetration-test,penetration_test,audit-report,audit_report,security-assessment,security-review}*.pdf",
		"{audit,audits,security,security/audits,docs/audits,docs/audit,docs/security,docs/security/audits}/*{audit,report,assessment,cure53,x41,ncc,trailofbits,ros}*.pdf",
	}
	auditTexts = []string{
		"{docs,doc,documentation,security,audit,audits}/**/*{security-audit,security_audit,pentest,pen-test,penetration,audit-report,audit_report,security-assessment,security-review}*.{md,rst,txt,adoc}",
	}
	fuzzTargets = []string{
		".clusterfuzzlite/*", "{fuzz,fuzzing,fuzzers,oss-fuzz,ossfuzz}/*", "{src,lib,contrib,build,scripts,tools}/{fuzz,fuzzing,fuzzers,oss-fuzz}/*",
		"tests/{fuzz,fuzzing,fuzzers,oss-fuzz}/*", "test/{fuzz,fuzzing,fuzzers,oss-fuzz}/*",
	}
)

func judgeSecurityAssessment(v *View) Finding {
	runs := v.analysisRuns()
	var regular, weak []analysisRun
	for _, r := range runs {
		if r.start != manifest.ByItself {
			continue
		}
		if r.kind.assesses() && !r.ignored {
			regular = append(regular, r)
		} else {
			weak = append(weak, r)
		}
	}
	if len(regular) > 0 {
		return met(runEvidence(regular), "CI runs %s", describeRuns(regular))
	}
	if reports := v.Named(auditReports...); len(reports) > 0 {
		return met([]Evidence{named(reports[0], "audit report")}, "an audit is documented in %s", reports[0])
	}
	if d, line := v.auditText(); d != nil {
		return met([]Evidence{at(d, line, 0, "audit report")}, "an audit is documented in %s", d.Path)
	}
	return lesserAssessment(v, runs, weak)
}

// lesserAssessment judges by what falls short of an assessment that runs.
func lesserAssessment(v *View, runs, weak []analysisRun) Finding {
	for _, r := range weak {
		if r.kind.assesses() {
			return partial(runEvidence(weak), "CI runs %s and lets pass what it finds", r.name)
		}
	}
	if len(weak) > 0 {
		return partial(runEvidence(weak), "CI runs only %s; the code itself is not analysed", describeRuns(weak))
	}
	for _, r := range runs {
		if r.start == manifest.ByHand {
			return partial(runEvidence([]analysisRun{r}), "%s runs only when somebody starts it (%s)", r.name, r.Path)
		}
	}
	for _, d := range v.Matching(serviceConfigs...) {
		return partial([]Evidence{whole(d, "configuration of a service")}, "%s configures an analysis by a service, which nothing in the tree shows to run", d.Path)
	}
	if targets := v.Named(fuzzTargets...); len(targets) > 0 {
		return partial([]Evidence{named(targets[0], "fuzz target")}, "there are fuzz targets, and nothing in the tree shows that they run")
	}
	if d, line := v.auditMention(); d != nil {
		return partial([]Evidence{at(d, line, 0, "mention of an audit")}, "%s speaks of an audit whose report is not in the tree", d.Path)
	}
	if len(runs) > 0 {
		why := "disabled"
		if runs[0].start == manifest.OnCall {
			why = "called by nothing"
		}
		return unmet(runEvidence(runs[:1]), "%s is configured in %s and %s", runs[0].name, runs[0].Path, why)
	}
	pipelines := v.Matching(manifest.CIGlobs...)
	if len(pipelines) == 0 {
		return unmet(nil, "there is no CI configuration and no audit report")
	}
	var evidence []Evidence
	for _, d := range pipelines[:min(len(pipelines), 3)] {
		evidence = append(evidence, whole(d, "read"))
	}
	return unmet(evidence, "CI runs no security analysis, fuzzer or scanner, and no audit is documented")
}

// maxRuns is how many analysers a reason names.
const maxRuns = 2

// describeRuns names the analysers with what they look for, each once.
func describeRuns(runs []analysisRun) string {
	var parts []string
	for _, r := range runs {
		if part := fmt.Sprintf("%s (%s)", r.name, analysisText[r.kind]); !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	if len(parts) > maxRuns {
		return enumerate(parts[:maxRuns]) + " among others"
	}
	return enumerate(parts)
}

func runEvidence(runs []analysisRun) []Evidence {
	var out []Evidence
	var seen []*analyser
	for _, r := range runs {
		if !slices.Contains(seen, r.analyser) && len(out) < 3 {
			seen = append(seen, r.analyser)
			out = append(out, at(r.Doc, r.line, 0, r.name))
		}
	}
	return out
}

// auditWords are the names of an assessment by people.
var auditWords = []string{"security audit", "penetration test*", "pentest*", "security assessment", "security review", "code audit", "source code audit"}

// auditText returns a report of an audit that is kept as text: it says who looked and what was found.
func (v *View) auditText() (*Doc, int) {
	for _, d := range v.Matching(auditTexts...) {
		doc := d.Document()
		if !document.HasWords(doc.Title(), auditWords...) {
			continue
		}
		found := false
		for i := range doc.Blocks {
			found = found || document.HasWords(doc.Blocks[i].Text, "finding*", "severity", "remediat*")
		}
		if found {
			return d, 1
		}
	}
	return nil, 0
}

// auditDone tells an audit that took place from one that is wished for.
var auditDone = pattern.New(`(?i)\b(was|were|been|is) (\w+ )?(independently )?(audited|pentested|performed|conducted|carried out` +
	`|completed|done|reviewed)\b|\bunderwent\b|\baudited by\b`)

// auditMention returns where a document says that the project itself was audited.
func (v *View) auditMention() (*Doc, int) {
	for _, d := range v.Matching("{,.github/,docs/}{readme,security}{,.md,.rst,.txt,.adoc}") {
		for _, b := range d.Document().Prose() {
			for _, s := range b.Sentences() {
				if document.HasWords(s.Text, append([]string{"audited"}, auditWords...)...) && auditDone.MatchString(s.Text) &&
					!document.HasWords(s.Text, "your") && !document.Denies(s.Text) {
					return d, s.Line
				}
			}
		}
	}
	return nil, 0
}

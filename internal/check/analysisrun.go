package check

import (
	"path"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/manifest"
	"misp-csirt-tooling/internal/pattern"
)

// analysisRun is an analyser at work in a step of a pipeline.
type analysisRun struct {
	*analyser
	start   manifest.Start
	ignored bool // what it finds makes nothing fail and is kept nowhere
	line    int
	*Doc
}

// analysisRuns finds the analysers in the CI files, in the order of the files and of their lines. The project's own tool is none.
func (v *View) analysisRuns() []analysisRun {
	var out []analysisRun
	own := strings.ToLower(path.Base(v.Name))
	linters := v.securityLinters()
	tasks := manifest.Tasks{}
	for _, d := range v.Matching(manifest.TaskGlobs...) {
		tasks.Merge(manifest.ReadTasks(d.Path, d.Content()))
	}
	for _, p := range v.pipelines() {
		for _, j := range p.Jobs {
			kept := slices.ContainsFunc(j.Steps, keepsFindings)
			for _, s := range j.Steps {
				start := j.Start
				if s.Off {
					start = manifest.Never
				}
				for _, part := range withTasks(s, tasks, j.Matrix) {
					ignored := (s.Lenient || swallowed.MatchString(part.Run)) && !kept
					for _, a := range stepAnalysers(part, linters) {
						if !strings.EqualFold(a.name, own) {
							out = append(out, analysisRun{a, start, ignored, s.Line, p.doc})
						}
					}
				}
			}
		}
	}
	return out
}

// keepsFindings reports whether a step hands what was found to the forge, where somebody may read it.
func keepsFindings(s manifest.Step) bool {
	return strings.Contains(s.Uses, "upload-sarif") || strings.Contains(s.Uses, "upload-artifact")
}

// withTasks returns a step and, as steps of their own, the commands of the tasks that it calls.
func withTasks(s manifest.Step, tasks manifest.Tasks, matrix []string) []manifest.Step {
	parts := []manifest.Step{s}
	for _, commands := range tasks.Called(s.Run, matrix) {
		parts = append(parts, manifest.Step{Run: commands})
	}
	return parts
}

// swallowed matches the ways to run a command and let its findings pass.
var swallowed = pattern.New(`\|\|\s*(true|:|echo|exit 0)|--exit-zero|--no-fail|set \+e`)

// stepAnalysers returns the analysers that a step runs.
func stepAnalysers(s manifest.Step, linters []analyser) []*analyser {
	var out []*analyser
	uses, run := strings.ToLower(s.Uses), strings.ToLower(s.Run)
	words := wordsOf(run)
	var commands []string // split when some tool's name occurs, for most steps name none
	runs := func(tool string) bool {
		if !words[leadingWord(tool)] && !(strings.HasSuffix(tool, "*") && strings.Contains(run, strings.TrimSuffix(tool, "*"))) {
			return false
		}
		if commands == nil {
			commands = shellCommands(run)
		}
		return slices.ContainsFunc(commands, func(c string) bool { return calls(c, tool) })
	}
	for _, table := range [][]analyser{analysers, linters} {
		for i := range table {
			a := &table[i]
			if uses != "" && slices.ContainsFunc(a.uses, func(u string) bool { return strings.HasPrefix(uses, u) }) || slices.ContainsFunc(a.runs, runs) {
				out = append(out, a)
			}
		}
	}
	if a := wrapped(uses); len(out) == 0 && a != nil {
		out = append(out, a)
	}
	if len(out) == 0 && ownScan.MatchString(run) && slices.ContainsFunc(shellCommands(run), ownScan.MatchString) {
		out = append(out, &knownFlaws)
	}
	return out
}

// wrapped returns the analyser after which an action or a called workflow in a collection is named, by which an owner keeps the
// same steps for all its repositories: "owner/actions/dependency-review", "owner/.github/.github/workflows/codeql.yml".
func wrapped(uses string) *analyser {
	if strings.Count(uses, "/") < 2 || strings.Contains(uses, ":") || preparing.MatchString(uses) {
		return nil
	}
	name := "-" + strings.ReplaceAll(strings.TrimSuffix(strings.TrimSuffix(path.Base(uses), ".yml"), ".yaml"), "_", "-") + "-"
	for i := range analysers {
		if strings.Contains(name, "-"+strings.ReplaceAll(strings.ToLower(analysers[i].name), " ", "-")+"-") {
			return &analysers[i]
		}
	}
	return nil
}

// preparing matches the names of actions that fetch a tool or hand on what another one found.
var preparing = pattern.New(`\b(setup|install|cache|upload|download|sarif|comment)\b`)

// wordsOf returns the words of a text: letters and digits.
func wordsOf(text string) map[string]bool {
	words := map[string]bool{}
	for _, w := range strings.FieldsFunc(text, notInWord) {
		words[w] = true
	}
	return words
}

func leadingWord(tool string) string {
	if i := strings.IndexFunc(tool, notInWord); i >= 0 {
		return tool[:i]
	}
	return tool
}

func notInWord(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }

// knownFlaws stands for a script of the project's own that compares what it bundles with lists of vulnerabilities.
var (
	knownFlaws = analyser{name: "a script that looks for known vulnerabilities", kind: dependencyScan}
	// ownScan matches a script that is named after the search for known vulnerabilities: "cve-scan.sh", "scan_vulns.py".
	ownScan = pattern.New(`(^|[ /])[\w-]*((cves?|vuln\w*)[-_]?scan|scan[-_]?(cves?|vuln))[\w-]*\.(py|sh|js|rb|pl)( |$)`)
)

var (
	// commandEnd is where one command of a shell ends.
	commandEnd = pattern.New(`\n|&&|\|\||[;|]`)
	// continued is the end of a line whose command goes on in the next one.
	continued = pattern.New(`\\\n`)
	// installs matches commands that fetch, print or look for a tool without running it.
	installs = pattern.New(`(?i)^((sudo|env|time|then|do|-|sh|bat|["'(])\s*|\w+=\S*\s+)*(python3?\s+-m\s+)?(pip3?|pipx|uv|poetry|pdm` +
		`|conda|apt|apt-get|yum|dnf|apk|brew|choco|snap|npm|yarn|pnpm|gem|cargo|go|composer|git|docker|dotnet tool)\s+(\S+\s+)?` +
		`(install|i|add|get|clone|pull|inject|require|global|update|upgrade|remove|fetch|checkout|tag|push)\b` +
		`|(?i)^\W*(sudo\s+)?(echo|printf|curl|wget|which|command|chmod|mv|cp|mkdir|cat|tar|unzip|cd|rm|export|test|grep|ls|export|gpg)\b`)
)

// taskRunner matches commands whose arguments are the names of tasks, which tell what these do.
var taskRunner = pattern.New(`^(make|(npm|yarn|pnpm) (run )?|tox|nox|task|just|invoke|inv|rake|\./gradlew|gradle|mage|hatch run|poe)\b`)

// calls reports whether a command is a call of a tool: its name stands there as a word of its own, not as a part of the name
// of a file or of an option's value.
func calls(command, tool string) bool {
	if taskRunner.MatchString(command) && document.HasWords(command, tool) {
		return true
	}
	tool, open := strings.CutSuffix(tool, "*")
	for pos := 0; ; {
		i := strings.Index(command[pos:], tool)
		if i < 0 {
			return false
		}
		start, end := pos+i, pos+i+len(tool)
		before := start == 0 || strings.IndexByte(" /\"'(=$`", command[start-1]) >= 0 ||
			command[start-1] == '-' && (start == 1 || strings.IndexByte(" -", command[start-2]) >= 0)
		if before && (open || end == len(command) || strings.IndexByte(" \"'):@=`", command[end]) >= 0) {
			return true
		}
		pos = start + 1
	}
}

// shellCommands splits what a step runs into commands in lower case, those left out that only install a tool.
func shellCommands(run string) []string {
	if run == "" {
		return nil
	}
	var out []string
	for _, c := range commandEnd.Split(continued.ReplaceAllString(run, " "), -1) {
		if c = strings.TrimSpace(c); c != "" && !installs.MatchString(c) {
			out = append(out, strings.ToLower(strings.Join(strings.Fields(c), " ")))
		}
	}
	return out
}

// securityLinters returns the general linters that the project configured to look for flaws of security.
func (v *View) securityLinters() []analyser {
	var out []analyser
	for _, d := range v.Matching(".golangci.*") {
		if manifest.LintsSecurity(d.Path, d.Content()) {
			out = append(out, analyser{"gosec in golangci-lint", staticAnalysis,
				[]string{"golangci/golangci-lint-action", "https://github.com/golangci/golangci-lint"}, []string{"golangci-lint"}})
		}
	}
	for _, d := range v.Matching("pyproject.toml", "{,.}ruff.toml") {
		if manifest.LintsSecurity(d.Path, d.Content()) {
			out = append(out, analyser{"the security rules of Ruff", staticAnalysis,
				[]string{"astral-sh/ruff-action", "chartboost/ruff-action", "https://github.com/astral-sh/ruff-pre-commit"}, []string{"ruff check", "ruff"}})
		}
	}
	return out
}

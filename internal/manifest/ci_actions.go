package manifest

import (
	"misp-csirt-tooling/internal/pattern"
	"slices"
	"strings"
)

// workflow reads a workflow of GitHub Actions (Workflow syntax for GitHub Actions), which Forgejo and Gitea share.
func (p *Pipeline) workflow(root *value) {
	start := workflowStart(root.get("on"))
	off := map[string]bool{}
	for _, e := range root.get("jobs").entries() {
		j := Job{Name: e.key, Line: e.line, Start: start, Steps: actionSteps(e.get("steps")), Matrix: matrixWords(e.get("strategy").get("matrix"))}
		if uses := e.get("uses"); uses.text() != "" {
			j.Steps = append(j.Steps, Step{Line: uses.line(), Uses: unversioned(uses.text()), With: settings(e.get("with"))})
		}
		if e.get("continue-on-error").yes() {
			for i := range j.Steps {
				j.Steps[i].Lenient = true
			}
		}
		condition := e.get("if").text()
		needsOff := slices.ContainsFunc(e.get("needs").texts(), func(n string) bool { return off[n] })
		switch {
		case neverTrue(condition), needsOff && !strings.Contains(condition, "always()"):
			j.Start, off[j.Name] = Never, true
		case onlyByHand(condition):
			j.Start = min(j.Start, ByHand)
		default:
			j.callable = start > Never && slices.Contains(eventNames(root.get("on")), "workflow_call")
		}
		p.Jobs = append(p.Jobs, j)
	}
}

// matrixWords returns the words of all values of a matrix.
func matrixWords(matrix *value) []string {
	var words []string
	add := func(values []string) {
		for _, v := range values {
			words = append(words, strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' })...)
		}
	}
	for _, e := range matrix.entries() {
		add(e.texts())
		for _, combination := range e.list() {
			for _, v := range combination.entries() {
				add(v.texts())
			}
		}
	}
	return words[:min(len(words), maxSteps)]
}

// action reads a composite action, which runs where a workflow uses it.
func (p *Pipeline) action(root *value) {
	if steps := actionSteps(root.get("runs").get("steps")); len(steps) > 0 {
		p.Jobs = append(p.Jobs, Job{Name: root.get("name").text(), Line: 1, Start: OnCall, Steps: steps})
	}
}

func actionSteps(list *value) []Step {
	var steps []Step
	for _, s := range list.list() {
		step := Step{
			Line: s.line(), Uses: unversioned(s.get("uses").text()), With: settings(s.get("with")), Run: uncommented(s.get("run").text()),
			Off: neverTrue(s.get("if").text()), Lenient: s.get("continue-on-error").yes(),
		}
		switch {
		case step.Uses != "":
			step.Line = s.get("uses").line()
		case step.Run != "":
			step.Line = s.get("run").line()
			if strings.Contains(step.Run, "\n") { // a block, which begins below the mark
				step.Line++
			}
		}
		steps = append(steps, step)
	}
	return steps
}

// workflowStart weighs the events of a workflow.
func workflowStart(on *value) Start {
	start := Never
	event := func(name string, filter *value) {
		switch name {
		case "workflow_call":
			start = max(start, OnCall)
		case "workflow_dispatch", "repository_dispatch":
			start = max(start, ByHand)
		default:
			if !slices.ContainsFunc(filter.get("branches-ignore").texts(), func(b string) bool { return b == "**" || b == "*" }) {
				start = ByItself
			}
		}
	}
	for _, name := range on.texts() {
		event(name, nil)
	}
	for _, e := range on.entries() {
		event(e.key, e.value)
	}
	return start
}

func eventNames(on *value) []string {
	names := on.texts()
	for _, e := range on.entries() {
		names = append(names, e.key)
	}
	return names
}

var (
	// neverForm is a condition that is never true, with which people switch jobs off.
	neverForm = pattern.New(`^\s*(\$\{\{)?\s*(.*&&\s*)?(false|'false'|"false")(\s*&&.*)?\s*(\}\})?\s*$`)
	// byHandForm is a condition that holds only when somebody starts the workflow.
	byHandForm = pattern.New(`^\s*(\$\{\{)?\s*github\.event_name\s*==\s*['"](workflow|repository)_dispatch['"]\s*(&&[^|]*)?(\}\})?\s*$`)
)

// neverTrue reports whether a condition holds false whatever happens.
func neverTrue(condition string) bool {
	return !strings.Contains(condition, "||") && neverForm.MatchString(condition)
}

func onlyByHand(condition string) bool { return byHandForm.MatchString(condition) }

// unversioned cuts the version off a reference: "owner/action/sub@v1" and "docker://image:tag" become names.
func unversioned(ref string) string {
	ref = strings.TrimPrefix(strings.TrimSpace(ref), "docker://")
	ref, _, _ = strings.Cut(ref, "@")
	if slash, colon := strings.LastIndexByte(ref, '/'), strings.LastIndexByte(ref, ':'); colon > slash {
		ref = ref[:colon]
	}
	return ref
}

func settings(with *value) map[string]string {
	var out map[string]string
	for _, e := range with.entries() {
		if out == nil {
			out = map[string]string{}
		}
		out[e.key] = e.text()
	}
	return out
}

// uncommented drops the comments of shell commands.
func uncommented(run string) string {
	if !strings.Contains(run, "#") {
		return run
	}
	var kept []string
	for line := range strings.Lines(run) {
		line = strings.TrimRight(line, "\n")
		if i := strings.IndexByte(line, '#'); i == 0 || i > 0 && (line[i-1] == ' ' || line[i-1] == '\t') {
			line = line[:i]
		}
		if strings.TrimSpace(line) != "" {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

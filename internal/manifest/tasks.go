package manifest

import (
	"encoding/json"
	"maps"
	"misp-csirt-tooling/internal/pattern"
	"path"
	"slices"
	"strings"
)

// TaskGlobs are the files in which a project names the tasks that its CI runs by a task runner, as globs of lower-case paths.
var TaskGlobs = []string{"{gnu,}makefile", "{.,}justfile", "tox.ini", "noxfile.py", "package.json", "composer.json"}

// Tasks are the commands of tasks by their names.
type Tasks map[string]string

// ReadTasks reads the tasks of a file by its path: targets of make and just, environments of tox, sessions of nox, and the
// scripts of npm and Composer. It returns nil for other files and for what does not parse.
func ReadTasks(file, text string) Tasks {
	if len(text) > maxCI {
		return nil
	}
	switch base := strings.ToLower(path.Base(file)); {
	case strings.HasSuffix(base, "makefile"), strings.HasSuffix(base, "justfile"):
		return makeTasks(text)
	case base == "tox.ini":
		return toxTasks(text)
	case base == "noxfile.py":
		return noxTasks(text)
	case base == "package.json", base == "composer.json":
		return scriptTasks(text)
	}
	return nil
}

// makeTarget begins a rule of make and captures target and prerequisites.
var makeTarget = pattern.New(`^([\w.-]+)(?:\s+[\w="'-]+)*\s*:{1,2}(?:$|[^=:](.*)$)`)

// makeTasks reads recipes. A target's prerequisites are targets that make runs too.
func makeTasks(text string) Tasks {
	tasks := Tasks{}
	var open string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if m := makeTarget.FindStringSubmatch(line); m != nil {
			if open = m[1]; m[2] != "" {
				tasks[open] += "make " + m[2] + "\n"
			}
		} else if open != "" && strings.TrimLeft(line, " \t") != line {
			tasks[open] += strings.TrimLeft(line, " \t@-") + "\n"
		} else if strings.TrimSpace(line) != "" {
			open = ""
		}
	}
	return tasks
}

func toxTasks(text string) Tasks {
	tasks := Tasks{}
	for _, s := range readINI(text) {
		if env, ok := strings.CutPrefix(s.section, "testenv:"); ok && strings.HasPrefix(s.key, "commands") {
			tasks[env] += s.value + "\n"
		}
	}
	return tasks
}

var (
	// noxSession begins a session and captures the arguments of the decorator and the function's name.
	noxSession = pattern.New(`(?m)^@(?:nox\.)?session\b(.*)\n(?:@.*\n)*def (\w+)\(`)
	// noxName is the name that the decorator gives.
	noxName = pattern.New(`\bname\s*=\s*["']([\w.-]+)["']`)
	// noxRun is a command that a session runs.
	noxRun = pattern.New(`(?s)\bsession\.run(?:_always)?\((.*?)\)`)
	// literal is a string of Python.
	literal = pattern.New(`"([^"\n]*)"|'([^'\n]*)'`)
)

// noxTasks reads sessions, of the words of their commands those that stand there literally.
func noxTasks(text string) Tasks {
	tasks := Tasks{}
	found := noxSession.FindAllStringSubmatchIndex(text, -1)
	for i, m := range found {
		name, end := text[m[4]:m[5]], len(text)
		if n := noxName.FindStringSubmatch(text[m[2]:m[3]]); n != nil {
			name = n[1]
		}
		if i+1 < len(found) {
			end = found[i+1][0]
		}
		for _, run := range noxRun.FindAllStringSubmatch(text[m[1]:end], -1) {
			for _, q := range literal.FindAllStringSubmatch(run[1], -1) {
				tasks[name] += q[1] + q[2] + " "
			}
			tasks[name] += "\n"
		}
	}
	return tasks
}

// scriptTasks reads the scripts of package.json, each a command, and of composer.json, which may be lists.
func scriptTasks(text string) Tasks {
	var c struct{ Scripts map[string]any }
	if json.Unmarshal([]byte(text), &c) != nil {
		return nil
	}
	tasks := Tasks{}
	for name, script := range c.Scripts {
		switch s := script.(type) {
		case string:
			tasks[name] = s
		case []any:
			for _, line := range s {
				if l, ok := line.(string); ok {
					tasks[name] += l + "\n"
				}
			}
		}
	}
	return tasks
}

var (
	// taskRunner matches the call of a task runner up to the names of tasks.
	taskRunner = pattern.New(`(?:^|[\s;&|(])(?:make|just|tox|nox|(?:npm|yarn|pnpm|composer)(?: run(?:-script)?)?|python3? -m (?:tox|nox)` +
		`|(?:uv|poetry|pdm|pipx) run (?:make|tox|nox))(\s[^\n;&|]*|$)`)
	// taskSplit separates the names of tasks.
	taskSplit = pattern.New(`[\s=,"']+`)
)

// Bounds of what tasks that call tasks are followed to.
const (
	maxTaskDepth = 3
	maxTasks     = 50
)

// Called returns the commands of the tasks that the commands of a step name, and of those that these name in turn. Where a task
// is taken from the matrix of the job, any of its values may be it.
func (t Tasks) Called(run string, matrix []string) []string {
	if len(t) == 0 {
		return nil
	}
	var called []string
	names := map[string]bool{}
	from := []string{run}
	for range maxTaskDepth {
		var next []string
		for _, commands := range from {
			for _, m := range taskRunner.FindAllStringSubmatch(commands, -1) {
				words := taskSplit.Split(m[1], -1)
				if strings.TrimSpace(m[1]) == "" || strings.Contains(m[1], "matrix.") {
					words = append(words, matrix...)
				}
				for _, w := range words {
					if task, ok := t[w]; ok && !names[w] && len(names) < maxTasks {
						names[w] = true
						next = append(next, task)
					}
				}
			}
		}
		called = append(called, next...)
		from = next
	}
	return called
}

// Merge adds the tasks of another file; of two with the same name, either may run.
func (t Tasks) Merge(others Tasks) {
	for _, name := range slices.Sorted(maps.Keys(others)) {
		t[name] += others[name] + "\n"
	}
}

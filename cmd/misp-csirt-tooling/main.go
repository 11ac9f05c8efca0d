// Misp-csirt-tooling judges source repositories against CIRCL's best practices for CSIRT tooling, on the command line and
// as an enrichment service for MISP.
//
//	misp-csirt-tooling serve
//	misp-csirt-tooling assess REPOSITORY...
//	misp-csirt-tooling resolve VALUE...
//	misp-csirt-tooling criteria
//	misp-csirt-tooling export DIRECTORY
//	misp-csirt-tooling version
//
// Serve speaks the protocol of misp-modules on 127.0.0.1:6666, where MISP looks for it without any setting. Assess reads
// repositories from a directory or a git URL and prints a report. Resolve says which repository a value means. Criteria prints the table of what is judged. Export
// writes the object template and the taxonomy in the layout that MISP reads.
//
// Each option can be given in the environment too: --allow-host as MISP_CSIRT_TOOLING_ALLOW_HOST. A list is separated by
// spaces there. The command line wins.
//
// The exit code is 0 if all went well, 1 if a repository could not be assessed or the service failed, and 2 if the
// command line is wrong.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // so that another one ends the program at once
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "misp-csirt-tooling:", err)
	}
	os.Exit(exitCode(err))
}

// errUsage marks errors in the command line.
var errUsage = errors.New("see misp-csirt-tooling --help")

func usage(err error) error { return fmt.Errorf("%w; %w", err, errUsage) }

func exitCode(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUsage):
		return 2
	}
	return 1
}

// run is the program without the process around it.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	p := &program{getenv: getenv, stdout: stdout, stderr: stderr, config: &config{}}
	root := &cobra.Command{
		Use:           "misp-csirt-tooling",
		Short:         "Judge repositories against CIRCL's best practices for CSIRT tooling",
		Long:          manual,
		Args:          arguments(cobra.NoArgs),
		SilenceErrors: true,
		SilenceUsage:  true,
		CompletionOptions: cobra.CompletionOptions{
			HiddenDefaultCmd: true,
		},
		RunE: func(c *cobra.Command, _ []string) error {
			return usage(errors.New("a command is missing"))
		},
	}
	root.SetArgs(append([]string{}, args...)) // nil would mean those of the process
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	root.AddCommand(p.serveCommand(), p.assessCommand(), p.resolveCommand(), p.criteriaCommand(), p.exportCommand(), p.versionCommand())
	return root.ExecuteContext(ctx)
}

const manual = `Judge source repositories against CIRCL's best practices for CSIRT tooling: on the command line, and as an
enrichment service that speaks the protocol of misp-modules.

Each option can be given in the environment too: --allow-host as MISP_CSIRT_TOOLING_ALLOW_HOST. A list is
separated by spaces there. The command line wins.

The exit code is 0 if all went well, 1 if a repository could not be assessed or the service failed, and 2 if the
command line is wrong.`

// program is what the commands share.
type program struct {
	getenv         func(string) string
	stdout, stderr io.Writer
	config         *config
}

// arguments wraps a check of the positional arguments, so that a wrong count is an error of usage.
func arguments(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return usage(err)
		}
		return nil
	}
}

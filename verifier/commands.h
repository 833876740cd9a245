/* The sub-commands. Each takes its own argv (argv[0] is its name) and returns the exit status. */
#ifndef NW_VERIFIER_COMMANDS_H
#define NW_VERIFIER_COMMANDS_H

int nw_command_verify(int argc, char **argv);
int nw_command_scan(int argc, char **argv);
int nw_command_vectors(int argc, char **argv);

#endif

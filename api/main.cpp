#include "api/cli/command_line.h"

int main(int argc, char** argv) {
  return cardvault::api::run_command_line(argc, argv);
}

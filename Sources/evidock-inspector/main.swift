import Glibc

exit(InspectorCommand.run(CommandLine.arguments))

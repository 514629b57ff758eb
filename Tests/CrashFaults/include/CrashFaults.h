// Nothing to call: the library is preloaded into the process that is to die. See CrashFaults.c.

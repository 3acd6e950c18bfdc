"""Whether anything is lost and who waits for whom, from outside: real processes, real HTTP, real signals."""

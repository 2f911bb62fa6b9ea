#include "CLinuxSandbox.h"

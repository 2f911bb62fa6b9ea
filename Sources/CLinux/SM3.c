#include "CLinuxSM3.h"

#pragma once
#include "CLinuxFiles.h"
#include "CLinuxSandbox.h"
#include "CLinuxSM3.h"
#include "CLinuxMounts.h"
#include "CLinuxControl.h"

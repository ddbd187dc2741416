@univariate true
@classLabel true 0 1
@data
1,2,3:1
3,2,1:0
